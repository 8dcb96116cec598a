/* Billing: what is ticked adds up, a preview that did not come is asked for again. Every page works without. */
(() => {
  "use strict";

  /* Amounts are whole minor units all the way; the page says how its language writes them. */
  const writer = ({ before, after, group, decimal, coins }) => (minor) => {
    const size = minor < 0n ? -minor : minor;
    const whole = String(size / 100n).replace(/\B(?=(\d{3})+$)/g, group);
    const part = String(size % 100n).padStart(2, "0");
    const digits = part === "00" && coins === "idle" ? whole : whole + decimal + part;
    return (minor < 0n ? "\u2212" : "") + before + digits + after;
  };

  /* Ticks: kept for the tab, so that they outlast paging and sorting; forgotten once an invoice is issued. */
  const KEY = "saldo:ticks:";
  const forget = document.querySelector("[data-forget-ticks]");
  if (forget) sessionStorage.removeItem(KEY + forget.dataset.forgetTicks);

  const bar = document.querySelector("form[data-ticks]");
  if (bar) {
    const key = KEY + bar.dataset.ticks;
    const write = writer(bar.dataset);
    const all = bar.elements.all;
    const boxes = [...document.querySelectorAll(`input[name="deposit"][form="${bar.id}"]`)];
    const whole = bar.querySelector("[data-tick-page]");
    const read = () => {
      try {
        return JSON.parse(sessionStorage.getItem(key)) || {};
      } catch {
        return {};
      }
    };
    const kept = read();
    const ticks = new Map(Object.entries(kept.ticks || {}));
    const keep = () => sessionStorage.setItem(key, JSON.stringify({
      ticks: Object.fromEntries(ticks),
      all: all?.checked ? bar.dataset.filter : null,
    }));

    const show = () => {
      const every = Boolean(all?.checked);
      boxes.forEach((box) => {
        box.checked = every || ticks.has(box.value);
        box.disabled = every;
      });
      if (whole) {
        const on = boxes.filter((box) => box.checked).length;
        whole.checked = on > 0 && on === boxes.length;
        whole.indeterminate = on > 0 && on < boxes.length;
        whole.disabled = every;
      }
      const count = every ? Number(bar.dataset.matchCount) : ticks.size;
      let sum = 0n;
      if (every) sum = BigInt(bar.dataset.matchMinor);
      else for (const minor of ticks.values()) sum += BigInt(minor);
      const place = bar.querySelector("[data-tick-count]");
      const form = place.dataset[new Intl.PluralRules(document.documentElement.lang).select(count)];
      place.textContent = form.replace(/\d+/, String(count).replace(/\B(?=(\d{3})+$)/g, bar.dataset.group));
      bar.querySelector("[data-tick-sum]").textContent = write(sum);
      bar.querySelector("[data-needs-ticks]").disabled = count === 0;
      bar.querySelector("[data-untick-all]").hidden = count === 0;
      bar.elements.ticked.value = [...ticks.keys()].join(",");
      bar.elements.shown.value = "";
    };

    /* What was ticked elsewhere and is on this page with another amount, or not to be invoiced any more. */
    boxes.forEach((box) => {
      if (box.checked || ticks.has(box.value)) ticks.set(box.value, box.dataset.minor);
    });
    if (all && kept.all === bar.dataset.filter) all.checked = true;
    show();

    document.addEventListener("change", (event) => {
      if (event.target === all) {
        if (all.checked) ticks.clear();
      } else if (event.target === whole) {
        boxes.forEach((box) => (whole.checked ? ticks.set(box.value, box.dataset.minor) : ticks.delete(box.value)));
      } else if (boxes.includes(event.target)) {
        const box = event.target;
        if (box.checked) ticks.set(box.value, box.dataset.minor);
        else ticks.delete(box.value);
      } else return;
      keep();
      show();
    });
    bar.querySelector("[data-untick-all]").addEventListener("click", () => {
      ticks.clear();
      if (all) all.checked = false;
      keep();
      show();
    });
    window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
  }

  /* Splitting: which line goes where, what each invoice comes to, and what is left to assign. */
  const minorOf = (text) => {
    const found = /^([-\u2212]?)(\d{1,3}(?:[.,']?\d{3})*|\d+)(?:[.,](\d{1,2}))?$/.exec(text.replace(/\s/g, ""));
    if (!found) return 0n;
    const minor = BigInt(found[2].replace(/\D/g, "")) * 100n + BigInt((found[3] || "").padEnd(2, "0"));
    return found[1] ? -minor : minor;
  };
  const linesIn = (text) => {
    const wanted = new Set();
    for (const piece of text.replaceAll(";", ",").split(",")) {
      const found = /^(\d{1,6})(?:\s*[-\u2013]\s*(\d{1,6}))?$/.exec(piece.trim());
      if (!found) continue;
      const last = Math.min(Number(found[2] || found[1]), 99999);
      for (let line = Number(found[1]); line <= last; line += 1) wanted.add(line);
    }
    return wanted;
  };
  const rowsOf = (form) => [...form.querySelectorAll("tr[data-line]")];

  const showParts = (form, row) => {
    const place = row.querySelector("[data-parts]");
    if (row.querySelector("[data-choice]").value !== "parts") return place.replaceChildren();
    const label = form.querySelector("[data-board]").dataset.partsLabel;
    for (let number = place.children.length + 1; number <= Number(form.elements.count.value); number += 1) {
      const box = document.createElement("label");
      const name = document.createElement("span");
      const input = document.createElement("input");
      name.textContent = row.querySelector(`option[value="${number}"]`).textContent;
      Object.assign(input, { type: "text", inputMode: "decimal", autocomplete: "off", name: `part_${row.dataset.line}_${number}` });
      input.dataset.part = number;
      input.ariaLabel = label.replace("%(line)s", row.dataset.line).replace("%(number)s", number);
      box.append(name, input);
      place.append(box);
    }
    return undefined;
  };

  const addUp = (form) => {
    const write = writer(form.dataset);
    const sums = new Map([...form.querySelectorAll("[data-sum]")].map((place) => [place.dataset.sum, 0n]));
    let left = 0n;
    const assigned = rowsOf(form).map((row) => {
      const choice = row.querySelector("[data-choice]").value;
      const gross = BigInt(row.dataset.minor);
      if (choice !== "parts") sums.set(choice, sums.get(choice) + gross);
      else {
        left += gross;
        row.querySelectorAll("[data-part]").forEach((input) => {
          const minor = minorOf(input.value);
          sums.set(input.dataset.part, sums.get(input.dataset.part) + minor);
          left -= minor;
        });
      }
      return `${row.dataset.line}:${choice}`;
    });
    form.elements.assigned.value = assigned.join(",");
    sums.forEach((sum, number) => (form.querySelector(`[data-sum="${number}"]`).textContent = write(sum)));
    form.querySelector("[data-left]").textContent = write(left);
    const box = form.querySelector("[data-left-box]");
    box.classList.toggle("left-over", left !== 0n);
    box.classList.toggle("is-even", left === 0n);
  };

  const boardOf = (event) => {
    const form = event.target.closest?.("form[data-change]");
    return form?.querySelector("[data-board]") ? form : null;
  };
  document.addEventListener("change", (event) => {
    const form = boardOf(event);
    if (!form) return;
    if (event.target.matches("[data-choice]")) showParts(form, event.target.closest("tr"));
    if (event.target.matches("[data-range]")) {
      const wanted = linesIn(event.target.value);
      if (!wanted.size) return;
      rowsOf(form).filter((row) => wanted.has(Number(row.dataset.line))).forEach((row) => {
        row.querySelector("[data-choice]").value = event.target.dataset.range;
        showParts(form, row);
      });
      event.target.value = "";
    }
    addUp(form);
  });
  document.addEventListener("input", (event) => {
    const form = event.target.matches?.("[data-part]") && boardOf(event);
    if (form) addUp(form);
  });
  document.getElementById("results")?.scrollIntoView({ block: "start" });

  /* A paper in a frame: if it is not ours after all, or takes too long, say so and offer to ask again. */
  const PATIENCE = 20000;
  document.querySelectorAll("[data-paper]").forEach((card) => {
    const frame = card.querySelector("iframe");
    const failed = card.querySelector("[data-paper-failed]");
    let timer = 0;
    const came = () => {
      try {
        return Boolean(frame.contentDocument.querySelector('meta[name="saldo-paper"]'));
      } catch {
        return false; // a page of the browser's own, such as one about the network
      }
    };
    const end = (fine) => {
      clearTimeout(timer);
      card.classList.remove("is-waiting");
      card.classList.toggle("is-failed", !fine);
      failed.hidden = fine;
    };
    const wait = () => {
      card.classList.add("is-waiting");
      card.classList.remove("is-failed");
      failed.hidden = true;
      timer = setTimeout(() => end(false), PATIENCE);
    };
    frame.addEventListener("load", () => end(came()));
    const page = frame.contentDocument;
    if (page?.readyState === "complete" && page.URL !== "about:blank") end(came());
    else if (page) wait();
    else end(false);
    card.querySelector("[data-paper-again]").addEventListener("click", () => {
      wait();
      frame.src = frame.getAttribute("src");
    });
  });
})();
