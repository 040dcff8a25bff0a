"""Resource adequacy: outages, dispatch, metrics, exact convolution, headroom, many study years at once."""
