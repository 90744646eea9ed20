// Charts: reads the option of each [data-chart], adds our palette and number formats, and follows theme and width.
// An option may carry {"guanxi": {"unit": "money" | "percent" | "number", "currency": "CNY"}}: money is in minor units.
(() => {
  const source = document.currentScript.dataset.echarts;
  const locale = () => document.documentElement.lang || "en";
  const dark = () => document.documentElement.dataset.bsTheme === "dark";
  const COLORS = {
    light: ["#0f766e", "#d97706", "#2563eb", "#be185d", "#65a30d", "#7c3aed", "#0891b2", "#78716c"],
    dark: ["#2dd4bf", "#fbbf24", "#60a5fa", "#f472b6", "#a3e635", "#a78bfa", "#22d3ee", "#a8a29e"],
  };
  const SCALE = { light: ["#e6f4f1", "#0f766e"], dark: ["#1d3a37", "#2dd4bf"] };
  let loading = null;

  function library() {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = () => resolve(window.echarts);
      script.onerror = reject;
      document.head.append(script);
    });
    return loading;
  }

  function formatter({ unit = "number", currency } = {}, compact = false) {
    const style = compact ? { notation: "compact", maximumFractionDigits: 1 } : { maximumFractionDigits: 2 };
    if (unit === "percent") {
      const percent = new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 1 });
      return (value) => percent.format(value);
    }
    if (unit === "money" && currency) {
      const money = new Intl.NumberFormat(locale(), { style: "currency", currency, currencyDisplay: "narrowSymbol", ...(compact ? style : {}) });
      const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
      return (value) => money.format(value / 10 ** digits);
    }
    const number = new Intl.NumberFormat(locale(), style);
    return (value) => number.format(value);
  }

  function axis(given, ink, line, unit) {
    const shown = given.type === "category" || given.type === "time" ? {} : { formatter: formatter(unit, true) };
    return {
      ...given,
      axisLabel: { color: ink, hideOverlap: true, ...shown, ...given.axisLabel },
      axisLine: { lineStyle: { color: line }, ...given.axisLine },
      axisTick: { show: false, ...given.axisTick },
      splitLine: { lineStyle: { color: line }, show: given.type !== "category", ...given.splitLine },
      nameTextStyle: { color: ink },
    };
  }

  function series(given, ink) {
    if (given.type === "bar") return { barMaxWidth: 48, ...given };
    if (given.type === "line") return { showSymbol: (given.data || []).length < 32, ...given };
    if (given.type === "pie") return { ...given, label: { color: ink, textBorderWidth: 0, ...given.label } };
    return given;
  }

  function dress(raw) {
    const { guanxi: unit = {}, ...option } = raw;
    const ink = dark() ? "#a8b3c2" : "#5b6676";
    const line = dark() ? "#2b3648" : "#e6eaf0";
    const exact = formatter(unit);
    const each = (axes) => axes && [axes].flat().map((one) => axis(one, ink, line, one.guanxi || unit));
    const all = [option.series].flat().filter(Boolean);
    const many = all.length > 1;
    return {
      color: COLORS[dark() ? "dark" : "light"],
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      animationDuration: 300,
      grid: { left: 8, right: 16, top: many ? 40 : 16, bottom: option.visualMap ? 48 : 8, containLabel: true },
      ...(many ? { legend: { top: 0, type: "scroll" } } : {}),
      ...option,
      ...(option.legend || many ? { legend: { top: 0, type: "scroll", textStyle: { color: ink }, pageTextStyle: { color: ink }, ...option.legend } } : {}),
      ...(option.xAxis ? { xAxis: each(option.xAxis) } : {}),
      ...(option.yAxis ? { yAxis: each(option.yAxis) } : {}),
      series: all.map((one) => series(one, ink)),
      ...(option.visualMap ? { visualMap: { textStyle: { color: ink }, inRange: { color: SCALE[dark() ? "dark" : "light"] }, ...option.visualMap } } : {}),
      tooltip: {
        trigger: option.xAxis ? "axis" : "item",
        confine: true,
        backgroundColor: dark() ? "#1b2432" : "#fff",
        borderColor: line,
        textStyle: { color: dark() ? "#e5eaf1" : "#1f2937" },
        valueFormatter: (value) => (Array.isArray(value) ? value.map(exact).join(", ") : value == null ? "–" : exact(value)),
        ...option.tooltip,
      },
    };
  }

  async function draw(figure) {
    const canvas = figure.querySelector(".gx-chart-canvas");
    if (!canvas || figure.dataset.drawn) return;
    figure.dataset.drawn = "yes";
    const option = JSON.parse(figure.dataset.chart);
    const echarts = await library();
    const chart = echarts.init(canvas, null, { renderer: "canvas", locale: locale().startsWith("zh") ? "ZH" : "EN" });
    const paint = () => chart.setOption(dress(option), true);
    paint();
    new ResizeObserver(() => chart.resize()).observe(canvas);
    document.addEventListener("gx:theme", paint);
    chart.on("click", (params) => { if (params.data?.href) window.location.assign(params.data.href); });
  }

  const all = (root) => root.querySelectorAll("[data-chart]").forEach(draw);
  document.addEventListener("DOMContentLoaded", () => all(document));
  document.addEventListener("htmx:load", (event) => all(event.target));
})();
