// Charts by uPlot, fetched only by pages that have one. The same values stand in the table below each chart.
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
  probe.className = `chart-ink-${name}`;
  box.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

// The table below the chart says UTC, so the chart does too.
const clock = (second) => new Date(second * 1000).toISOString().slice(11, 16);

function options(box, data) {
  const axis = { stroke: color(box, "muted"), grid: { stroke: color(box, "line"), width: 1 }, ticks: { show: false } };
  const value = (_, number) => (number == null ? "—" : `${Math.round(number * 100) / 100} ${data.unit}`);
  return {
    width: box.clientWidth,
    height: 180,
    axes: [{ ...axis, values: (_, seconds) => seconds.map(clock) }, { ...axis, size: 56 }],
    scales: { y: { range: (_, low, high) => [Math.min(0, low ?? 0), data.high ?? Math.max(1, (high ?? 1) * 1.1)] } },
    series: [{ label: "UTC", value: (_, second) => (second == null ? "—" : clock(second)) }, ...data.labels.map((label, index) => ({ label, stroke: color(box, index % 4), width: 1.5, value }))],
  };
}

export async function draw() {
  for (const box of document.querySelectorAll("[data-chart]")) {
    const text = document.getElementById(box.dataset.chart).textContent;
    if (box.drawn === text) continue;
    box.drawn = text;
    await load(box);
    const data = JSON.parse(text);
    if (box.plot) {
      box.plot.setData(data.columns);
    } else {
      box.plot = new window.uPlot(options(box, data), data.columns, box);
      new ResizeObserver(() => box.plot.setSize({ width: box.clientWidth, height: 180 })).observe(box);
    }
  }
}
