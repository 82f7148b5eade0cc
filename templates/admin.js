// What the pages gain from a script: parts of a page exchanged in place, pickers, keys, a guard for unsaved text.
// Every page works without it; nothing here decides what a person may see or do.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const $ = (sel, from = document) => from.querySelector(sel);
  const $$ = (sel, from = document) => [...from.querySelectorAll(sel)];
  // The only place where text becomes a document. It is parsed apart and its scripts never run.
  const trusted = window.trustedTypes
    ? trustedTypes.createPolicy("bailiwick", { createHTML: (text) => text })
    : { createHTML: (text) => text };
  const parse = (text) => new DOMParser().parseFromString(trusted.createHTML(text), "text/html");
  const make = (tag, attributes = {}, text = "") => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.textContent = text;
    return node;
  };
  const say = (text) => { const said = $("#said"); if (said) said.textContent = text; };
  const typing = (node) => node && (node.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName));

  // ---- exchange of <main> for filters, sorting and paging -------------------------------------------------
  let running = null;
  async function visit(url, push) {
    const address = new URL(url, location.href);
    if (running) running.abort();
    const own = running = new AbortController();
    root.classList.add("busy");
    try {
      const answer = await fetch(address, { signal: own.signal, headers: { Accept: "text/html" } });
      const main = answer.ok && !answer.redirected && parse(await answer.text());
      const fresh = main && $("main", main);
      if (!fresh) { location.assign(address); return; }
      const focus = document.activeElement;
      const place = focus && focus.closest("main") ? focus.id || focus.name : "";
      const caret = focus && focus.type === "search" ? focus.selectionStart : null;
      const typed = focus && focus.id === "q" ? focus.value : null;
      const pop = focus && focus.closest("details[data-pop] .panel");
      $("main").replaceWith(document.adoptNode(fresh));
      document.title = main.title;
      if (push) history.pushState(null, "", address);
      dress($("main"));
      // Ticking goes on where it was.
      const opened = pop && document.getElementById(pop.parentElement.id);
      if (opened) opened.open = true;
      const again = place && (document.getElementById(place) || $(`[name="${CSS.escape(place)}"]`));
      if (again) {
        // What was typed while the answer was under way stays, and is asked for in turn.
        if (typed !== null) {
          again.value = typed;
          if (typed.trim() !== (address.searchParams.get("q") || "").trim()) later(again.form);
        }
        again.focus({ preventScroll: true });
        if (caret !== null && again.setSelectionRange) again.setSelectionRange(caret, caret);
      } else {
        $("main").focus({ preventScroll: true });
      }
      say($(".foot p, .empty h2") ? $(".foot p, .empty h2").textContent : document.title);
    } catch (fault) {
      if (fault.name !== "AbortError") location.assign(address);
    } finally {
      if (running === own) { running = null; root.classList.remove("busy"); }
    }
  }
  // A form that comes back with one more row: nothing is saved, nothing typed is lost.
  async function again(form, button) {
    const body = new URLSearchParams(new FormData(form, button));
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } }).catch(() => null);
    const fresh = answer && answer.ok && !answer.redirected && $("main", parse(await answer.text()));
    if (!fresh) { guarded = null; form.append(make("input", { type: "hidden", name: button.name, value: button.value })); form.submit(); return; }
    $("main").replaceWith(document.adoptNode(fresh));
    dress($("main"));
    before = "";
    const added = $$(`[name="${button.name}"][value="${button.value}"]`).at(-1);
    const row = added && $$("fieldset.part", added.parentElement).at(-1);
    if (row) { row.focus(); say($("legend", row).textContent); }
  }
  function addressOf(form) {
    const address = new URL(form.action);
    address.search = "";
    for (const [name, value] of new FormData(form)) if (value !== "") address.searchParams.append(name, value);
    return address;
  }
  let timer = 0;
  const now = (form) => { clearTimeout(timer); visit(addressOf(form), true); };
  const later = (form) => { clearTimeout(timer); timer = setTimeout(() => now(form), 300); };

  // ---- a job under way: its card is asked for anew until it is over ---------------------------------------
  const follow = () => $("[data-poll]") && setTimeout(async () => {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const fresh = answer.ok && !answer.redirected && $("#job", parse(await answer.text()));
      if (fresh && $("#job")) $("#job").replaceWith(document.adoptNode(fresh));
    } catch { /* The next look may find the panel again. */ }
    follow();
  }, 1500);
  follow();

  // ---- type-to-find over a select -------------------------------------------------------------------------
  let ids = 0;
  function picker(select) {
    if (select.dataset.dressed) return;
    select.dataset.dressed = "1";
    const id = select.id || `pick${++ids}`;
    const chosen = () => select.selectedOptions[0];
    const shownText = () => (chosen() && chosen().value ? chosen().text : "");
    const none = $('option[value=""]', select);
    const box = make("div", { class: "combo" });
    const input = make("input", { role: "combobox", "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", placeholder: none ? none.text : "Type to find" });
    for (const name of ["aria-describedby", "aria-invalid", "aria-label"]) {
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    }
    if (select.required) input.setAttribute("aria-required", "true");
    const list = make("ul", { id: `${id}-list`, role: "listbox", "aria-label": "Found", hidden: "" });
    select.removeAttribute("id");
    select.required = false;
    input.id = id;
    select.replaceWith(box);
    select.hidden = true;
    box.append(input, list, select);
    input.value = shownText();
    let found = [], at = -1, ask = null, wait = 0;
    const close = () => { list.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
    const mark = (index) => {
      at = index;
      $$("[role=option]", list).forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
      const item = $$("[role=option]", list)[at];
      if (!item) return;
      input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    };
    // A picker of many adds a tick and stays empty for the next.
    const tick = (option) => {
      const ticks = $(".radios", box.closest("fieldset"));
      const known = $$("input", ticks).find((one) => one.value === option.value);
      const one = known || make("input", { type: "checkbox", name: select.name, value: option.value });
      one.checked = true;
      if (!known) { const label = make("label"); label.append(one, ` ${option.label}`); ticks.append(label); }
      input.value = "";
      close();
      say(`${option.label} added`);
    };
    const take = (option) => {
      if ("many" in select.dataset) { if (option.value) tick(option); else close(); return; }
      let target = [...select.options].find((known) => known.value === option.value);
      if (!target) { target = make("option", { value: option.value }, option.label); select.append(target); }
      target.selected = true;
      input.value = shownText();
      close();
      select.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const show = (options, more) => {
      found = options;
      list.replaceChildren(...options.map((option, place) => {
        const item = make("li", { id: `${id}-${place}`, role: "option", "aria-selected": "false" }, option.label);
        item.addEventListener("mousedown", (event) => { event.preventDefault(); take(option); });
        return item;
      }));
      if (!options.length) list.append(make("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, "Nothing found"));
      if (more) list.append(make("li", { class: "none", role: "presentation" }, "More: type on to narrow down"));
      list.hidden = false;
      at = -1;
      input.setAttribute("aria-expanded", "true");
      say(options.length === 1 ? "1 found" : `${options.length} found`);
    };
    const look = (text) => {
      clearTimeout(wait);
      wait = setTimeout(async () => {
        if (ask) ask.abort();
        ask = new AbortController();
        try {
          const address = new URL(select.dataset.pick, location.href);
          address.searchParams.set("q", text);
          const answer = await fetch(address, { signal: ask.signal, headers: { Accept: "application/json" } });
          if (!answer.ok) throw new Error(String(answer.status));
          const body = await answer.json();
          const options = none && !text ? [{ value: "", label: none.text }, ...body.options] : body.options;
          if (document.activeElement === input) show(options, body.more);
        } catch (fault) {
          if (fault.name !== "AbortError") show([...select.options].map((o) => ({ value: o.value, label: o.text })), false);
        }
      }, text ? 150 : 0);
    };
    input.addEventListener("input", (event) => { event.stopPropagation(); look(input.value.trim()); });
    input.addEventListener("change", (event) => event.stopPropagation());
    input.addEventListener("click", () => { if (list.hidden) { input.select(); look(""); } });
    input.addEventListener("blur", () => { clearTimeout(wait); close(); if (input.value === "" && none && shownText()) take({ value: "", label: "" }); else input.value = shownText(); });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) look(input.value === shownText() ? "" : input.value.trim());
        else if (found.length) mark((at + (event.key === "ArrowDown" ? 1 : found.length - (at < 0 ? 0 : 1))) % found.length);
      } else if (event.key === "Enter" && !list.hidden) {
        event.preventDefault();
        if (found[at] || found.length === 1) take(found[at] || found[0]);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        event.stopPropagation();
        input.value = shownText();
        close();
      }
    });
  }

  // ---- times in the zone of whoever reads -----------------------------------------------------------------
  const two = (number) => String(number).padStart(2, "0");
  function local(time) {
    const stamp = time.getAttribute("datetime");
    if (!/T.*(Z|[+-]\d\d:\d\d)$/.test(stamp)) return;
    const date = new Date(stamp);
    if (Number.isNaN(date.getTime())) return;
    const seconds = /\d\d:\d\d:\d\d/.test(time.textContent) ? `:${two(date.getSeconds())}` : "";
    time.title = stamp.replace("T", " ").replace("Z", " UTC");
    time.textContent = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}${seconds}`;
  }

  // ---- forms ----------------------------------------------------------------------------------------------
  let guarded = null, before = "";
  const picture = (form) => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "_csrf").map(([name, value]) => [name, String(value)]));
  const dirty = () => guarded && guarded.isConnected && picture(guarded) !== before;
  addEventListener("beforeunload", (event) => { if (dirty()) event.preventDefault(); });

  function dress(part) {
    $$("select[data-pick]", part).forEach(picker);
    $$("time[datetime]", part).forEach(local);
    for (const button of $$("[data-show]", part)) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const input = document.getElementById(button.dataset.show);
        const open = input.type === "password";
        input.type = open ? "text" : "password";
        button.textContent = open ? "Hide" : "Show";
        button.setAttribute("aria-pressed", String(open));
      });
    }
    if (window.PublicKeyCredential) for (const button of $$("[data-passkey]", part)) {
      const said = $("[data-without]", button.form);
      said.dataset.without = said.textContent;
      said.hidden = true;
      button.hidden = false;
      button.addEventListener("click", () => { const name = button.form.elements.name; if (!name || name.reportValidity()) passkey(button); });
    }
    for (const button of $$("[data-print]", part)) {
      button.hidden = false;
      button.addEventListener("click", () => print());
    }
    const form = $("form[data-guard]", part);
    if (form) {
      guarded = form;
      // A form that comes back with errors holds text that is saved nowhere.
      before = $("#errors, .stale, [data-held]", part) ? "" : picture(form);
    }
    const errors = $("#errors", part);
    if (errors) errors.focus();
  }

  // ---- passkeys: the key is asked by the browser, its answer goes into the form, the form is sent -----------------
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const letters = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  async function passkey(button) {
    const form = button.form, said = $("[data-without]", form);
    said.hidden = true;
    button.disabled = true;
    try {
      const asked = await fetch(button.dataset.passkey, { method: "POST", body: new URLSearchParams({ _csrf: form.elements._csrf.value }) });
      if (!asked.ok || asked.redirected) throw asked;
      const options = (await asked.json()).publicKey;
      options.challenge = bytes(options.challenge);
      if (options.user) options.user.id = bytes(options.user.id);
      for (const key of [...options.allowCredentials || [], ...options.excludeCredentials || []]) key.id = bytes(key.id);
      const key = await navigator.credentials[options.user ? "create" : "get"]({ publicKey: options });
      const response = {};
      for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
        if (key.response[name]) response[name] = letters(key.response[name]);
      }
      if (key.response.getTransports) response.transports = key.response.getTransports();
      $("[data-answer]", form).value = JSON.stringify({ id: key.id, rawId: letters(key.rawId), type: key.type, response });
      form.submit();
    } catch (fault) {
      button.disabled = false;
      said.hidden = false;
      said.textContent = fault.status === 429 ? "Too many passkeys were asked for. Wait some minutes."
        : fault.status ? "This page is too old. Load it anew."
        : fault.name === "InvalidStateError" ? "This device holds a passkey for the panel already."
        : fault.name === "SecurityError" ? said.dataset.without
        : "No passkey came. Try again, or choose another way.";
    }
  }

  // ---- events, each once for the whole document -----------------------------------------------------------
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      visit(link.href, true);
      return;
    }
    if (event.target.closest("[data-keys]")) $("#keys").showModal();
    const theme = event.target.closest("[data-theme-switch]");
    if (theme) {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      document.cookie = `bw_theme=${root.dataset.theme}; Path=${theme.dataset.themeSwitch}; Max-Age=31536000; SameSite=Lax`;
    }
    for (const open of $$("details[data-pop][open]")) if (!open.contains(event.target)) open.open = false;
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-auto]")) {
      event.preventDefault();
      now(form);
    } else if (event.submitter && event.submitter.matches("[data-swap]")) {
      event.preventDefault();
      again(form, event.submitter);
    } else if (form.method === "post") {
      // A second press while the first is under way would save twice.
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
      if (form === guarded) guarded = null;
      setTimeout(() => { delete form.dataset.sent; }, 4000);
    }
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-auto]");
    if (form && (event.target.dataset.pick || event.target.type === "checkbox" || !event.target.closest(".panel"))) now(form);
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-auto] [data-search]")) later(event.target.form);
  });
  addEventListener("popstate", () => { if (!location.hash || $("form[data-auto]")) visit(location.href, false); });
  addEventListener("pageshow", () => { for (const form of $$("form[data-sent]")) delete form.dataset.sent; });

  // ---- keys -----------------------------------------------------------------------------------------------
  let going = 0;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s" && $("#record")) {
      event.preventDefault();
      $("#record").requestSubmit();
      return;
    }
    if (event.key === "Escape") {
      const pop = event.target.closest && event.target.closest("details[data-pop][open]");
      if (pop) { pop.open = false; $("summary", pop).focus(); }
      else if (typing(event.target) && event.target.closest("[data-auto]")) event.target.blur();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || $("dialog[open]")) return;
    const letter = event.key.toLowerCase();
    if (Date.now() - going < 1200 && /^[a-z]$/.test(letter)) {
      going = 0;
      const to = letter === "h" ? $("a.brand") : $$(".nav a").find((link) => link.textContent.trim().toLowerCase().startsWith(letter));
      if (to) { event.preventDefault(); to.click(); }
    } else if (letter === "g") {
      going = Date.now();
    } else if (letter === "/" && $("#q")) {
      event.preventDefault();
      $("#q").focus();
      $("#q").select();
    } else if (letter === "?" && $("#keys")) {
      event.preventDefault();
      $("#keys").showModal();
    } else if (letter === "n" && $("[data-new]")) {
      $("[data-new]").click();
    } else if (letter === "e" && $("[data-edit]")) {
      $("[data-edit]").click();
    } else if (letter === "j" || letter === "k") {
      const rows = $$("main .grid tbody th a, main .logs summary");
      const at = rows.indexOf(document.activeElement);
      const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + (letter === "j" ? 1 : -1)))];
      if (next) { event.preventDefault(); next.focus(); next.scrollIntoView({ block: "nearest" }); }
    }
  });

  $$("[data-theme-switch], [data-keys]").forEach((button) => { button.hidden = false; });
  dress(document);
})();
