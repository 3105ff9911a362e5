// Charts by uPlot, loaded only by pages that have one. A table below each chart shows the same values.
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

// In UTC, as in the table below the chart.
const clock = (second) => new Date(second * 1000).toISOString().slice(11, 16);

// A line at each time at which something happened.
function notes(box, data) {
  const draw = (plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = color(box, "muted");
    ctx.setLineDash([4, 4]);
    for (const second of box.notes ?? data.notes) {
      const x = Math.round(plot.valToPos(second, "x", true));
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  };
  return { draw: [draw] };
}

function options(box, data) {
  const axis = { stroke: color(box, "muted"), grid: { stroke: color(box, "line"), width: 1 }, ticks: { show: false } };
  const value = (_, number) => (number == null ? "—" : `${Math.round(number * 100) / 100} ${data.unit}`);
  const right = data.right.includes(true) ? [{ ...axis, side: 1, scale: "right", size: 40, grid: { show: false } }] : [];
  const fromZero = { range: (_, low, high) => [0, Math.max(1, Math.ceil((high ?? 1) * 1.1))] };
  return {
    width: box.clientWidth,
    height: 180,
    hooks: notes(box, data),
    axes: [{ ...axis, values: (_, seconds) => seconds.map(clock) }, { ...axis, size: 56 }, ...right],
    scales: { right: fromZero, y: { range: (_, low, high) => [Math.min(0, low ?? 0), data.high ?? Math.max(1, (high ?? 1) * 1.1)] } },
    series: [{ label: "UTC", value: (_, second) => (second == null ? "—" : clock(second)) }, ...data.labels.map((label, index) => ({ label, stroke: color(box, index % 4), width: 1.5, value, scale: data.right[index] ? "right" : "y" }))],
  };
}

export async function draw() {
  for (const box of document.querySelectorAll("[data-chart]")) {
    const text = document.getElementById(box.dataset.chart).textContent;
    if (box.drawn === text) continue;
    box.drawn = text;
    await load(box);
    const data = JSON.parse(text);
    box.notes = data.notes;
    if (box.plot) {
      box.plot.setData(data.columns);
    } else {
      box.plot = new window.uPlot(options(box, data), data.columns, box);
      new ResizeObserver(() => box.plot.setSize({ width: box.clientWidth, height: 180 })).observe(box);
    }
  }
}
