/* Small conveniences. Every page works without them. */
(() => {
  "use strict";
  document.documentElement.classList.add("js");

  const on = (type, handler) => document.addEventListener(type, handler);

  /* Confirm: <form data-confirm="…"> or <button data-confirm="…">, and htmx's hx-confirm. */
  const dialog = document.getElementById("confirm");
  const agreed = new WeakSet();
  let asked = null;

  /* The browser tells late that it closed: by then the next question may be open, and its answer to come. */
  dialog?.addEventListener("close", () => {
    if (dialog.open) return;
    const proceed = asked;
    asked = null;
    if (dialog.returnValue === "yes") proceed?.();
  });

  const ask = (question, label, danger, proceed) => {
    if (!dialog) return proceed();
    dialog.querySelector("[data-question]").textContent = question;
    const yes = dialog.querySelector("[value=yes]");
    yes.dataset.label ??= yes.textContent;
    yes.textContent = label || yes.dataset.label;
    yes.classList.toggle("btn-danger", danger);
    dialog.returnValue = "";
    asked = proceed;
    dialog.showModal();
  };

  on("submit", (event) => {
    const form = event.target;
    const source = event.submitter?.dataset.confirm ? event.submitter : form;
    if (!source.dataset.confirm || agreed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const danger = Boolean(event.submitter?.matches(".btn-danger"));
    ask(source.dataset.confirm, source.dataset.confirmLabel, danger, () => {
      agreed.add(form);
      form.requestSubmit(event.submitter);
    });
  });

  on("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    const source = event.target;
    ask(event.detail.question, source.dataset.confirmLabel, source.matches(".btn-danger"), () =>
      event.detail.issueRequest(true));
  });

  /* Copy: <button data-copy="text" data-copied="Copied">. */
  on("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    const status = document.getElementById("status");
    if (status) status.textContent = button.dataset.copied;
    button.classList.add("tone-ok");
    setTimeout(() => button.classList.remove("tone-ok"), 1500);
  });

  /* Menus close on a click elsewhere and on Escape. */
  const closeMenus = (except) =>
    document.querySelectorAll("details.menu[open]").forEach((menu) => menu !== except && (menu.open = false));
  on("click", (event) => closeMenus(event.target.closest("details.menu")));
  on("keydown", (event) => event.key === "Escape" && closeMenus());

  /* Filters that apply themselves: <form data-autosubmit>. */
  on("change", (event) => event.target.closest("form[data-autosubmit]")?.requestSubmit());

  /* Tick all: <input type="checkbox" data-select-all="name">; [data-selected] shows how many. */
  on("change", (event) => {
    const form = event.target.form;
    if (!form || event.target.type !== "checkbox") return;
    const all = form.querySelector("[data-select-all]");
    if (!all) return;
    const boxes = [...form.querySelectorAll(`input[name="${all.dataset.selectAll}"]:not(:disabled)`)];
    if (event.target === all) boxes.forEach((box) => (box.checked = all.checked));
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
    form.querySelectorAll("[data-selected]").forEach((place) => (place.textContent = ticked));
  });

  /* Drop zone: says which files were chosen; <form data-most-files data-most-bytes data-too-much> caps them. */
  on("change", (event) => {
    const zone = event.target.closest(".drop");
    if (!zone) return;
    const files = [...event.target.files];
    const place = zone.querySelector("[data-file-name]");
    place.dataset.empty ??= place.textContent;
    const many = files.length > 4 && place.dataset.many;
    const names = many ? many.replace("{count}", files.length) : files.map((file) => file.name).join(", ");
    place.textContent = names || place.dataset.empty;
    const { mostFiles, mostBytes, tooMuch } = event.target.form?.dataset ?? {};
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    event.target.setCustomValidity(files.length > mostFiles || bytes > mostBytes ? tooMuch : "");
    event.target.reportValidity();
  });
  ["dragover", "dragleave", "drop"].forEach((type) => on(type, (event) => {
    const zone = event.target.closest?.(".drop");
    if (zone) return zone.classList.toggle("is-over", type === "dragover");
    // A file dropped beside the zone would replace the page.
    if (document.querySelector("form[data-upload]")) event.preventDefault();
  }));

  /* Uploads: <form data-upload hx-post> with [data-sending], its bar, shown while the files are on their way. */
  const uploadOf = (event) => event.target.closest?.("form[data-upload]");
  on("htmx:beforeRequest", (event) => {
    const form = uploadOf(event);
    if (form) form.querySelector("[data-sending]").hidden = false;
  });
  on("htmx:xhr:progress", (event) => {
    const bar = uploadOf(event)?.querySelector("progress");
    if (!bar || !event.detail.lengthComputable || bar.dataset.done) return;
    bar.max = event.detail.total;
    bar.value = event.detail.loaded;
    if (event.detail.loaded === event.detail.total) bar.dataset.done = "1";
  });
  on("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status !== 422 || !uploadOf({ target: event.detail.requestConfig.elt })) return;
    event.detail.shouldSwap = true; // it says why nothing was taken
    event.detail.isError = false;
  });
  on("htmx:afterRequest", (event) => {
    const form = uploadOf(event);
    if (!form) return;
    const bar = form.querySelector("progress");
    delete bar.dataset.done;
    bar.value = 0;
    form.querySelector("[data-sending]").hidden = true;
    const { status } = event.detail.xhr;
    if (status === 200) {
      form.reset();
      form.querySelector("input[type=file]").dispatchEvent(new Event("change", { bubbles: true }));
    } else if (status !== 422) {
      document.querySelector(form.getAttribute("hx-target")).textContent = form.dataset.failed;
    }
  });

  /* What refreshes itself, [data-refreshes], waits while somebody works in it; the keyboard keeps its place:
     htmx finds it again by its id, and what is gone leaves it at the page's beginning, unscrolled. */
  for (const name of ["htmx:beforeSwap", "htmx:oobBeforeSwap"]) on(name, ({ target, detail }) => {
    if (!target.matches("[data-refreshes]") || !detail.shouldSwap) return;
    detail.shouldSwap = !target.querySelector("details[open], input:focus");
    if (!detail.shouldSwap || !target.contains(document.activeElement)) return;
    setTimeout(() => {
      if (document.activeElement === document.body) document.getElementById("main").focus({ preventScroll: true });
    });
  });

  /* A table wider than its card scrolls; the keyboard must reach it too. */
  const reachTables = () => document.querySelectorAll(".table-wrap").forEach((wrap) => {
    const scrolls = wrap.scrollWidth > wrap.clientWidth;
    wrap.toggleAttribute("tabindex", scrolls);
    if (scrolls) wrap.tabIndex = 0;
    if (scrolls) wrap.setAttribute("role", "group");
    wrap.ariaLabel = scrolls ? wrap.querySelector("caption")?.textContent : null;
  });
  reachTables();
  on("htmx:load", reachTables);
  window.addEventListener("resize", reachTables);

  /* A form is sent once, however often its button is pressed. */
  on("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-repeatable")) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
})();
