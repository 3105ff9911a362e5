// Small modules without a build step. Their event listeners are on the document, so content that htmx adds later needs no set-up.
import "./live.js";
import "./time.js";
import "./menus.js";
import "./tables.js";
import "./forms.js";
import "./copy.js";
import "./search.js";
import "./keys.js";
import "./logs.js";

// On a narrow screen the current tab may be outside the visible area.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

// When charts cannot be loaded, the table below each one shows the same values.
const drawCharts = () =>
  document.querySelector("[data-chart]") && import("./charts.js").then((charts) => charts.draw()).catch(() => undefined);
drawCharts();
document.addEventListener("htmx:after:settle", drawCharts);
