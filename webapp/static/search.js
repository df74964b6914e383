/* The search page in place: a changed filter, a pressed chip, map or page link brings the new results without loading the page
   anew; the count is announced, the back button goes back, suggestions come while typing. Without this file everything works. */
"use strict";
(() => {
  const main = document.getElementById("main"), said = document.getElementById("said"), home = document.querySelector(".brand").pathname;
  const form = () => document.getElementById("search");
  if (!form() || form().getAttribute("action").split("#")[0] !== home) return;
  let asking, shown = location.pathname + location.search; /* the request under way, and the address of what is on the page */

  /* Controls are found again by what they send: ids would differ from page to page. */
  const same = (control) => control.id ? document.getElementById(control.id) : control.name &&
    main.querySelector(`[name="${CSS.escape(control.name)}"][value="${CSS.escape(control.value)}"]:not([type=hidden])`);
  const folds = () => [...main.querySelectorAll("details")].map((fold) => [fold.dataset.fold || fold.querySelector("summary").textContent, fold]);

  function swap(page, keepFolds) {
    const open = new Map(folds().map(([name, fold]) => [name, fold.open])), focused = document.activeElement;
    const held = main.contains(focused) && focused !== main ? focused : null;
    main.replaceChildren(...page.getElementById("main").childNodes);
    document.title = page.title;
    for (const name of ["link[rel=canonical]", "link[rel=alternate]", ".langs a"]) {
      const fresh = page.querySelectorAll(name);
      document.querySelectorAll(name).forEach((old, place) => fresh[place] && old.replaceWith(fresh[place]));
    }
    if (keepFolds) for (const [name, fold] of folds()) if (open.has(name)) fold.open = open.get(name);
    const again = held && same(held);
    if (again) again.focus({ preventScroll: true });
    said.textContent = main.querySelector("h1").textContent;
    suggest();
    return again;
  }

  async function show(address, { push = true, toResults = false, goal = "" } = {}) {
    asking?.abort();
    asking = new AbortController();
    document.getElementById("results").setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const own = new URL(page.querySelector("link[rel=canonical]").href), sheet = location.hash === "#filters" && !toResults;
      const closing = location.hash === "#filters" && toResults, depth = document.getElementById("filters").scrollTop;
      if (push) history.pushState(null, "", own.pathname + own.search + (sheet ? "#filters" : ""));
      shown = location.pathname + location.search;
      const again = swap(page, push);
      if (sheet) { /* on a phone the filters stay open where they were */
        location.replace("#filters");
        document.getElementById("filters").scrollTop = depth;
        again?.focus({ preventScroll: true });
      }
      if (closing) location.replace("#results");
      if (toResults && !again) {
        const results = document.getElementById(goal) || document.getElementById("results");
        results.tabIndex = -1;
        results.focus({ preventScroll: true });
        results.scrollIntoView();
      }
    } catch (problem) {
      if (problem.name !== "AbortError") location.assign(address);
    }
  }

  const asked = () => {
    const address = new URL(form().action);
    address.search = new URLSearchParams(new FormData(form()));
    address.hash = "";
    return address.href;
  };

  main.addEventListener("change", (event) => {
    if (event.target.form === form() && !event.target.closest(".ask")) show(asked());
  });
  main.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    show(asked(), { toResults: true });
  });
  main.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const address = new URL(link.getAttribute("href"), location.href);
    const here = link.getAttribute("href").startsWith("#");
    if (here || address.origin !== location.origin || address.pathname !== home) return;
    event.preventDefault();
    const goal = address.hash.slice(1);
    address.hash = "";
    show(address.href, { toResults: true, goal });
  });
  addEventListener("popstate", () => { /* also comes when only the place on the page changed */
    if (location.pathname + location.search !== shown) show(location.href, { push: false });
  });

  /* Suggestions: the browser's own list below a field, filled while typing. */
  function suggest() {
    for (const [id, kinds] of [["q", null], ["where", ["place"]]]) {
      const field = document.getElementById(id), list = document.createElement("datalist");
      list.id = `${id}-suggestions`;
      field.after(list);
      field.setAttribute("list", list.id);
      let waiting;
      field.addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(async () => {
          try {
            const answer = await fetch(`${home}api/v1/suggest?q=${encodeURIComponent(field.value)}`);
            const found = (await answer.json()).suggestions.filter((one) => !kinds || kinds.includes(one.kind));
            list.replaceChildren(...found.map((one) => Object.assign(document.createElement("option"), { value: one.text })));
          } catch { list.replaceChildren(); }
        }, 150);
      });
    }
  }
  suggest();
})();
