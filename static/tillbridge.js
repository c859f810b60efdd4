/* What markup cannot do alone: ticks, confirming, keeping the current tab in sight. Every page works without. */
(function () {
  "use strict";

  function ticksOf(name) {
    return Array.from(document.querySelectorAll('input[type="checkbox"][name="' + name + '"]'));
  }

  function showTicks(name) {
    var boxes = ticksOf(name);
    var ticked = boxes.filter(function (box) { return box.checked; });
    boxes.forEach(function (box) {
      var row = box.closest("tr");
      if (row) { row.setAttribute("aria-selected", String(box.checked)); }
    });
    document.querySelectorAll("[data-ticked]").forEach(function (label) {
      label.textContent = ticked.length + " ticked";
    });
    document.querySelectorAll('[data-tick-all="' + name + '"]').forEach(function (all) {
      all.checked = ticked.length > 0 && ticked.length === boxes.length;
      all.indeterminate = ticked.length > 0 && ticked.length < boxes.length;
    });
  }

  document.querySelectorAll("[data-tick-all]").forEach(function (all) {
    var name = all.getAttribute("data-tick-all");
    all.hidden = false;
    all.addEventListener("change", function () {
      ticksOf(name).forEach(function (box) { box.checked = all.checked; });
      showTicks(name);
    });
    document.addEventListener("change", function (event) {
      if (event.target.name === name) { showTicks(name); }
    });
    document.addEventListener("reset", function () {
      window.setTimeout(function () { showTicks(name); });
    });
    showTicks(name);
  });

  /* A form or button with data-confirm asks before it is sent. */
  document.addEventListener("submit", function (event) {
    var asked = (event.submitter && event.submitter.getAttribute("data-confirm"))
      || event.target.getAttribute("data-confirm");
    if (asked && !window.confirm(asked)) { event.preventDefault(); }
  });

  /* Flask-Admin's bulk actions and inline rows, without their inline handlers. */
  document.addEventListener("click", function (event) {
    var action = event.target.closest("[data-model-action]");
    if (action && window.modelActions) {
      event.preventDefault();
      window.modelActions.execute(action.getAttribute("data-model-action"));
    }
    var inline = event.target.closest("[data-inline-field]");
    if (inline && window.faForm) {
      event.preventDefault();
      window.faForm.addInlineField(inline, inline.getAttribute("data-inline-field"));
    }
    if (event.target.closest("[data-no-follow]")) { event.preventDefault(); }
  });

  /* One more row of a repeated field, copied from the empty one at the end. */
  document.querySelectorAll("[data-add-row]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var rows = document.querySelectorAll(button.getAttribute("data-add-row"));
      var row = rows[rows.length - 1].cloneNode(true);
      row.querySelectorAll("input").forEach(function (input) {
        input.id = input.id.replace(/\d+$/, rows.length);
        input.value = input.getAttribute("data-blank") || "";
        input.classList.remove("is-invalid");
      });
      row.querySelectorAll("label").forEach(function (label) {
        label.htmlFor = label.htmlFor.replace(/\d+$/, rows.length);
      });
      rows[rows.length - 1].after(row);
      row.querySelector("input").focus();
    });
  });

  document.querySelectorAll(".tb-tabs [aria-current]").forEach(function (tab) {
    tab.scrollIntoView({ block: "nearest", inline: "center" });
  });

  /* What was done is said for a while, and stays while it is read. */
  document.querySelectorAll(".tb-toasts .tb-toast").forEach(function (toast) {
    window.setTimeout(function () { if (!toast.matches(":hover")) { toast.hidden = true; } }, 8000);
  });
})();
