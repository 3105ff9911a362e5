// Charts by uPlot, loaded only by pages that have one. A table shows the same values.
let library;

function load(box) {
  library ??= new Promise((resolve, reject) => {
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: box.dataset.uplotCss });
    const script = Object.assign(document.createElement("script"), { src: box.dataset.uplot, onload: resolve, onerror: reject });
    document.head.append(sheet, script);
  });
  library.catch(() => (library = undefined)); // the next chart tries again
  return library;
}

function color(box, name) {
  const probe = document.createElement("i");
  probe.className = `chart-color-${name}`;
  box.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

// In UTC, as in the table of the chart.
const moment = (second) => new Date(second * 1000).toISOString().slice(0, 16).replace("T", " ");
const clock = (second) => moment(second).slice(11);
const DAY = 86400;
const day = (second) => moment(second).slice(5, 10);
// Days have their date; shorter times also have the clock, with the date at midnight.
const ticks = (plot, seconds) => seconds.map((second) => (second % DAY === 0 && plot.scales.x.max - plot.scales.x.min > DAY / 2 ? day(second) : clock(second)));

function verticals(box, plot, times, shade) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = color(box, shade);
  ctx.setLineDash([4, 4]);
  for (const second of times) {
    const x = Math.round(plot.valToPos(second, "x", true));
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

// A line at each time at which something happened. Its text is the title of a link above the line.
function lines(box) {
  return (plot) => {
    verticals(box, plot, box.data.notes, "muted");
    for (const kind of ["deployment", "scaling", "failure"]) {
      verticals(box, plot, box.data.marks.filter((mark) => mark.kind === kind).map((mark) => mark.at), kind);
    }
    plot.over.querySelectorAll("a").forEach((link) => link.remove());
    for (const mark of box.data.marks) {
      const link = Object.assign(document.createElement("a"), { href: mark.url, className: `chart-mark ${mark.kind}`, tabIndex: -1, title: `${moment(mark.at)} ${mark.text}` });
      link.style.left = `${plot.valToPos(mark.at, "x")}px`;
      link.addEventListener("mousedown", (event) => event.stopPropagation());
      plot.over.append(link);
    }
  };
}

// The chosen part of the time becomes that of the page.
function zoom(plot) {
  const { left, width } = plot.select;
  if (width < 4) return;
  const minute = (x) => new Date(plot.posToVal(x, "x") * 1000).toISOString().slice(0, 16);
  const [since, until] = [minute(left), minute(left + width + 60 / (plot.scales.x.max - plot.scales.x.min) * plot.over.clientWidth)];
  location.assign(`?${new URLSearchParams({ since, until })}`);
}

function columns(data) {
  if (!data.grid) return data.columns;
  const [start, step, number] = data.grid;
  return [Array.from({ length: number }, (_, at) => start + at * step), ...data.values];
}

// From the first period to the end of the one that is not complete yet: marks are there before its values.
const span = ({ grid }) => grid && [grid[0], grid[0] + grid[1] * (grid[2] + 1)];

function options(box, data) {
  const axis = { stroke: color(box, "muted"), grid: { stroke: color(box, "line"), width: 1 }, ticks: { show: false } };
  const value = (_, number) => (number == null ? "—" : `${Math.round(number * 100) / 100} ${data.unit}`);
  const right = data.right.includes(true) ? [{ ...axis, side: 1, scale: "right", size: 40, grid: { show: false } }] : [];
  const fromZero = { range: (_, low, high) => [0, Math.max(1, Math.ceil((high ?? 1) * 1.1))] };
  return {
    width: box.clientWidth,
    height: 180,
    hooks: { draw: [lines(box)], ...(data.zoom ? { setSelect: [zoom] } : {}) },
    cursor: { drag: { x: data.zoom, y: false, setScale: false } },
    tzDate: (second) => window.uPlot.tzDate(new Date(second * 1000), "Etc/UTC"),
    axes: [{ ...axis, values: ticks }, { ...axis, size: 56 }, ...right],
    scales: { x: { range: (_, low, high) => span(box.data) ?? [low, high] }, right: fromZero, y: { range: (_, low, high) => [Math.min(0, low ?? 0), data.high ?? Math.max(1, (high ?? 1) * 1.1)] } },
    series: [{ label: "UTC", value: (_, second) => (second == null ? "—" : moment(second)) }, ...data.labels.map((label, index) => ({ label, stroke: color(box, index % 4), width: 1.5, value, scale: data.right[index] ? "right" : "y" }))],
  };
}

export async function draw() {
  for (const box of document.querySelectorAll("[data-chart]")) {
    const text = document.getElementById(box.dataset.chart).textContent;
    const marks = document.getElementById("chart-marks")?.textContent ?? "[]";
    if (box.drawn === text + marks) continue;
    box.drawn = text + marks;
    await load(box);
    const data = JSON.parse(text);
    box.data = { ...data, marks: data.zoom ? JSON.parse(marks) : [] };
    if (box.plot && box.plot.series.length === data.labels.length + 1) {
      box.plot.setData(columns(data));
    } else {
      box.plot?.destroy();
      box.plot = new window.uPlot(options(box, data), columns(data), box);
      new ResizeObserver(() => box.plot.setSize({ width: box.clientWidth, height: 180 })).observe(box);
    }
  }
}
