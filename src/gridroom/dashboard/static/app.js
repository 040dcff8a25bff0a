// Charts from the options that the page holds, choices that send themselves, progress of a job. Nothing else.
(function () {
  "use strict";
  // On dark paper: no paper of its own, light words, and dark lines turned light.
  function lighten(option) {
    option.backgroundColor = "transparent";
    if (option.textStyle) delete option.textStyle.color;
    if (option.visualMap) option.visualMap.inRange.color = ["#33261c", "#8a4a1e", "#e0552b", "#ffd0b0"];  // the most is the brightest
    (function walk(part) {
      if (!part || typeof part !== "object") return;
      if (part.color === "#1f2933") part.color = "#e4e9ef";
      Object.keys(part).forEach(function (key) { if (key !== "data") walk(part[key]); });
    })(option);
  }
  function mount() {
    if (!window.echarts) return;
    document.querySelectorAll("[data-chart]").forEach(function (box) {
      if (box.dataset.drawn) return;
      box.dataset.drawn = "1";
      const option = JSON.parse(document.getElementById(box.dataset.chart).textContent);
      const long = (option.series || []).some(function (s) { return s.data && s.data.length > 3000; });
      const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
      if (dark) lighten(option);
      const chart = echarts.init(box, dark ? "dark" : null, { renderer: long ? "canvas" : "svg" });
      chart.setOption(option);
      window.addEventListener("resize", function () { chart.resize(); });
    });
  }
  function watch() {
    const job = document.getElementById("job");
    if (!job) return;
    const bar = document.getElementById("job-progress"), note = document.getElementById("job-note");
    const stream = new EventSource(job.dataset.events);
    stream.onmessage = function (event) {
      const now = JSON.parse(event.data), p = now.progress || {};
      if (p.total) { bar.max = p.total; bar.value = p.done; }
      note.textContent = [p.step, p.total ? p.done + " / " + p.total : "", p.note, now.line].filter(Boolean).join(" · ");
      if (["done", "failed", "stopped"].includes(now.state)) { stream.close(); window.location.reload(); }
    };
  }
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });
  document.addEventListener("input", function (event) {
    if (event.target.matches("input[type=range]")) document.getElementById("year-now").textContent = event.target.value;
  });
  // A table wider than its box can be scrolled with the keyboard.
  function reachable() {
    document.querySelectorAll(".scroll").forEach(function (box) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; else box.removeAttribute("tabindex");
    });
  }
  window.addEventListener("resize", reachable);
  document.addEventListener("htmx:after:swap", reachable);
  document.addEventListener("toggle", reachable, true);
  mount();
  watch();
  reachable();
})();
