"use strict";
(() => {
  const form = document.getElementById("filters");
  const cases = Array.from(document.querySelectorAll("details.case"));
  const words = document.getElementById("words");
  const type = document.getElementById("type");
  const state = document.getElementById("state");
  const count = document.getElementById("count");
  const none = document.getElementById("none");
  const texts = new Map();

  function text(one) {
    if (!texts.has(one)) texts.set(one, one.textContent.toLowerCase());
    return texts.get(one);
  }

  function fits(one, wanted) {
    return (!type.value || one.dataset.type === type.value) &&
      (!state.value || one.dataset.state.split(" ").includes(state.value)) &&
      wanted.every((word) => text(one).includes(word));
  }

  function filter() {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const one of cases) {
      one.hidden = !fits(one, wanted);
      shown += one.hidden ? 0 : 1;
    }
    none.hidden = shown > 0;
    count.textContent = `${shown} of ${cases.length} cases`;
  }

  // An address that names a case, or something in one, opens it.
  function arrive() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const one = target && target.closest("details.case");
    if (!one) return;
    one.hidden = false;
    one.open = true;
    target.scrollIntoView();
    if (target === one) one.querySelector("summary").focus({ preventScroll: true });
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filter);
  document.getElementById("open").addEventListener("click", () => {
    for (const one of cases) if (!one.hidden) one.open = true;
  });
  document.getElementById("close").addEventListener("click", () => {
    for (const one of cases) one.open = false;
  });
  addEventListener("hashchange", arrive);
  // Browsers keep what was typed when a page is loaded again, and go to the address themselves
  // before they are done with loading.
  addEventListener("load", () => {
    if (words.value || type.value || state.value) filter();
    arrive();
  });
})();
