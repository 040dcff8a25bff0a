"""The page in the browser: reads run folders, starts commands as child processes; loads no engine."""
