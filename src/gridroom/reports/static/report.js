// Mounts the charts; the options come from Python, this only picks one by the choices on the page.
(function () {
  "use strict";
  const options = JSON.parse(document.getElementById("options").textContent);
  const charts = {};
  function draw(name) {
    const box = document.getElementById("chart-" + name);
    const region = document.getElementById("region").value;
    const year = document.getElementById("year").value;
    const key = name === "calendar" ? region + " " + year : region;
    const option = options[name][key];
    box.hidden = !option;
    if (!option) return;
    if (!charts[name]) charts[name] = echarts.init(box, null, { renderer: "svg" });
    charts[name].setOption(option, true);
    charts[name].resize();
  }
  function all() { ["load", "room", "calendar"].forEach(draw); }
  document.getElementById("region").addEventListener("change", all);
  document.getElementById("year").addEventListener("change", all);
  document.querySelectorAll("[data-region]").forEach(function (tile) {
    tile.addEventListener("click", function () {
      document.getElementById("region").value = tile.dataset.region;
      all();
      document.getElementById("charts").scrollIntoView();
    });
  });
  window.addEventListener("resize", function () { Object.values(charts).forEach(function (c) { c.resize(); }); });
  window.addEventListener("beforeprint", all);
  document.querySelectorAll(".scroll").forEach(function (box) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  });
  all();
})();
