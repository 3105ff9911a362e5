// Small modules, no build step. Each listens on the document, so what htmx brings later needs no further set-up.
import "./live.js";
import "./time.js";
import "./menus.js";
import "./tables.js";
import "./forms.js";
import "./copy.js";
import "./search.js";
import "./keys.js";

// On a narrow screen the tab of this page may lie beyond the edge.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

// Without them, the table below each chart says the same.
const drawCharts = () =>
  document.querySelector("[data-chart]") && import("./charts.js").then((charts) => charts.draw()).catch(() => undefined);
drawCharts();
document.addEventListener("htmx:after:settle", drawCharts);
