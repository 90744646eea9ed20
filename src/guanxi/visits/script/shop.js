/* Guanxi on a shop's pages: what a visitor looks at, searches for and puts in the cart. Served without its comments.

   One first-party cookie (_gx), no third party. Silent under Do Not Track and Global Privacy Control, before machines,
   and until consent where the tag has data-consent="required". Other scripts call guanxi("product", {…}). */
(function (w, d, n) {
  "use strict";
  var tag = d.currentScript || d.querySelector("script[data-site]");
  if (!tag || (w.guanxi && w.guanxi.on)) return;
  var early = (w.guanxi && w.guanxi.q) || [], newest = 0, queue = [], flying = [], wait = 1000, year = 33696000,
    timer, last,
    to = new URL("/v/" + tag.dataset.site, tag.src).href,
    off = n.doNotTrack === "1" || n.globalPrivacyControl || n.webdriver;

  function cookie(name, value, seconds) {
    if (value !== undefined) {
      d.cookie = name + "=" + value + ";path=/;max-age=" + seconds + ";samesite=lax" +
        (location.protocol === "https:" ? ";secure" : "");
    }
    return (d.cookie.match("(?:^|; )" + name + "=([^;]*)") || [])[1];
  }
  function hex(bytes) {
    return Array.from(w.crypto.getRandomValues(new Uint8Array(bytes)), function (one) {
      return (one + 256).toString(16).slice(1);
    }).join("");
  }
  function allowed() {
    return !off && (cookie("_gx_consent") || (tag.dataset.consent === "required" ? "no" : "yes")) === "yes";
  }

  // Events stay until the collector says that it has them; their numbers keep them from counting twice.
  function body(events) {
    // The visitor's number lasts thirteen months after the last visit.
    return JSON.stringify({ visitor: cookie("_gx", cookie("_gx") || hex(16), year), sent: Date.now(), events: events });
  }
  function ask(events, done) {
    fetch(to, { method: "POST", body: body(events), keepalive: true, credentials: "omit" })
      .then(function (answer) { done(answer.status); }, function () { done(429); });
  }
  function flush() {
    timer = 0;
    if (!queue.length || flying.length || !allowed()) return;
    flying = queue.splice(0, 10);
    ask(flying, function (status) {
      var again = status === 429 || status > 499;
      if (again) queue = flying.concat(queue);
      wait = again ? Math.min(wait * 2, 60000) : 1000;
      flying = [];
      plan();
    });
  }
  function plan() {
    if (queue.length > 9 && wait === 1000) flush();
    else if (queue.length && !timer) timer = setTimeout(flush, wait);
  }
  function leave() {
    var all = flying.concat(queue).slice(-50);
    if (!all.length || !allowed()) return;
    if (n.sendBeacon && n.sendBeacon(to, body(all))) queue = [];
    else ask(all, plan);
  }

  function add(kind, said) {
    // No two in one millisecond, so that they stand in the order in which they happened.
    var now = newest = Math.max(Date.now(), newest + 1),
      event = { id: "0" + now.toString(16) + hex(10), kind: kind, at: now, path: location.pathname };
    Object.keys(said || {}).forEach(function (name) {
      if (said[name] && typeof said[name] !== "object") event[name] = String(said[name]).slice(0, 300);
    });
    queue = queue.concat(event).slice(-50);
    if (allowed()) plan();
  }

  // What a page says by itself: its address, a search, and the product in its data attributes or its JSON-LD.
  function read(value) {
    return [].concat((value && value["@graph"]) || value).find(function (one) {
      return one && [].concat(one["@type"]).indexOf("Product") > -1;
    });
  }
  function page() {
    var here = location.pathname + location.search, query = new URLSearchParams(location.search), said = {}, found;
    if (last === here) return;
    try {
      found = new URL(d.referrer).host;
      if (!last && found !== location.host) said.referrer = found;
    } catch (_) {}
    ["utm_source", "utm_medium", "utm_campaign"].forEach(function (name) { said[name] = query.get(name); });
    last = here;
    add("page", said);
    found = query.get("q") || query.get("s") || query.get("keyword");
    if (found) add("search", { term: found });
    found = d.querySelector("[data-gx-product]");
    if (found) {
      found = found.dataset;
      return add("product", { product: found.gxProduct, title: found.gxTitle, category: found.gxCategory });
    }
    d.querySelectorAll("script[type='application/ld+json']").forEach(function (one) {
      try { found = found || read(JSON.parse(one.textContent)); } catch (_) {}
    });
    if (found) add("product", { product: found.sku || found.productID, title: found.name, category: found.category });
  }

  function guanxi(kind, said) {
    if (kind === "consent") {
      cookie("_gx_consent", said ? "yes" : "no", year);
      if (said) flush();
      else { queue = []; cookie("_gx", "", 0); }
    } else if (!off) add(kind, said);
  }
  w.guanxi = guanxi;
  guanxi.on = true;
  if (off) return;
  d.addEventListener("submit", function (event) { // only forms that are marked: <form data-gx-form>
    var form = event.target, said = {};
    if (!form.matches("[data-gx-form]")) return;
    form.querySelectorAll("input").forEach(function (one) {
      var name = { tel: "phone", email: "email" }[one.type] || one.name;
      if (/^(email|phone|name)$/.test(name)) said[name] = one.value;
    });
    add("form", said);
  }, true);
  var push = history.pushState;
  history.pushState = function () {
    push.apply(history, arguments);
    setTimeout(page, 50);
  };
  w.addEventListener("popstate", page);
  w.addEventListener("pagehide", leave);
  function begin() {
    page();
    early.forEach(function (one) { guanxi.apply(null, one); });
  }
  if (d.readyState === "loading") d.addEventListener("DOMContentLoaded", begin);
  else begin();
})(window, document, navigator);
