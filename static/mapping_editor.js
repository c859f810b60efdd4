/* The form in a row of the mapping grid: kit of stock items with a picker, maximum, ignore, and how far
   a change reaches. It builds nodes only; the grid hands in what the row stands for and what to do. */
(function () {
  "use strict";

  var numbers = 0;

  function make(tag, given, parts) {
    var node = document.createElement(tag);
    Object.keys(given || {}).forEach(function (name) {
      if (name === "text") { node.textContent = given[name]; }
      else if (name === "on") { Object.keys(given.on).forEach(function (on) { node.addEventListener(on, given.on[on]); }); }
      else if (given[name] === true) { node.setAttribute(name, ""); }
      else if (given[name] !== false && given[name] !== null && given[name] !== undefined) { node.setAttribute(name, given[name]); }
    });
    (parts || []).forEach(function (part) { if (part) { node.append(part); } });
    return node;
  }

  /* A text field that offers stock items while one types: arrows choose, Enter takes, Esc closes. */
  function picker(value, itemsUrl, resized) {
    numbers += 1;
    var id = "pick-" + numbers;
    var list = make("ul", { "class": "tb-pick__list", role: "listbox", id: id + "-list", hidden: true });
    var input = make("input", {
      "class": "form-control", id: id, value: value, name: "sku", role: "combobox", autocomplete: "off",
      "aria-expanded": "false", "aria-controls": id + "-list", "aria-label": "Stock item (SKU or name)", placeholder: "SKU or name"
    });
    var found = [];
    var at = -1;
    var asked = 0;
    var timer = 0;

    function close() {
      list.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
      resized();
    }

    function take(place) {
      input.value = found[place].sku;
      close();
    }

    function mark() {
      Array.from(list.children).forEach(function (option, place) { option.setAttribute("aria-selected", String(place === at)); });
      if (at >= 0) { input.setAttribute("aria-activedescendant", id + "-" + at); }
    }

    function show(items) {
      found = items;
      list.replaceChildren.apply(list, items.map(function (item, place) {
        var stock = item.available === null ? "never counted" : item.available.toLocaleString("en") + " available";
        return make("li", { role: "option", id: id + "-" + place, on: { mousedown: function (event) { event.preventDefault(); take(place); } } }, [
          make("b", { text: item.sku }), make("span", { text: " " + item.name }), make("span", { "class": "tb-sub", text: stock })
        ]);
      }));
      list.hidden = items.length === 0;
      input.setAttribute("aria-expanded", String(items.length > 0));
      at = -1;
      resized();
    }

    input.addEventListener("input", function () {
      window.clearTimeout(timer);
      var text = input.value.trim();
      if (!text) { close(); return; }
      timer = window.setTimeout(function () {
        asked += 1;
        var mine = asked;
        window.fetch(itemsUrl + "?q=" + encodeURIComponent(text), { headers: { Accept: "application/json" } })
          .then(function (answer) { return answer.ok ? answer.json() : []; })
          .then(function (items) { if (mine === asked && document.activeElement === input) { show(items); } });
      }, 120);
    });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", function (event) {
      if (list.hidden) { return; }
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        at = (at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length;
        mark();
      } else if (event.key === "Enter" && at >= 0) {
        event.preventDefault();
        take(at);
      } else if (event.key === "Escape") {
        event.stopPropagation();
        close();
      }
    });
    return { input: input, node: make("span", { "class": "tb-pick" }, [input, list]) };
  }

  function choice(name, value, label, isOn, changed) {
    numbers += 1;
    var input = make("input", { type: "radio", name: name, value: value, id: "c-" + numbers, on: { change: changed } });
    input.checked = isOn;
    return make("label", { "class": "tb-choice", "for": "c-" + numbers }, [input, make("span", { text: label })]);
  }

  /* row: what it stands for. given: start ("stock" or "ignore"), parts, itemsUrl, reach() → promise,
     save(fields) → promise of "" or what is wrong, cancel(), resized(). */
  window.mappingEditor = function (row, given) {
    var wasMapped = row.kind !== "unmapped";
    var kit = make("div", { "class": "tb-pick__kit" });
    var said = make("p", { "class": "tb-bad tb-sm", role: "alert", hidden: true });
    var reached = make("p", { "class": "tb-help", text: "Counting the orders that a correction reaches…" });
    numbers += 1;
    var group = "means-" + numbers;
    var reachGroup = "reach-" + numbers;
    var maximum = make("input", { "class": "form-control tb-num-field", inputmode: "numeric", "aria-label": "Show at most", placeholder: "no max.", value: row.maximum === null ? "" : row.maximum });
    var reason = make("input", { "class": "form-control", maxlength: 500, "aria-label": "Why it is ignored", placeholder: "Why it is ignored", value: row.reason || "" });
    var stock = make("div", {}, [
      kit,
      make("div", { "class": "tb-row" }, [
        make("button", { type: "button", "class": "btn btn-sm btn-link", text: "Another stock item", on: { click: function () { add({ sku: "", pieces: 1 }).focus(); given.resized(); } } }),
        make("span", { "class": "tb-sm tb-2nd", text: "Show at most" }), maximum
      ])
    ]);

    function add(part) {
      var pieces = make("input", { "class": "form-control tb-num-field", inputmode: "numeric", "aria-label": "Pieces", value: part.pieces });
      var found = picker(part.sku, given.itemsUrl, given.resized);
      var line = make("div", { "class": "tb-pick__part" }, [pieces, make("span", { text: "×" }), found.node]);
      line.append(make("button", { type: "button", "class": "btn btn-sm btn-link", "aria-label": "Leave this stock item out", text: "×", on: { click: function () { line.remove(); given.resized(); } } }));
      kit.append(line);
      return found.input;
    }

    function means() {
      var on = form.querySelector('input[name="' + group + '"]:checked');
      return on ? on.value : "stock";
    }

    function arrange() {
      stock.hidden = means() !== "stock";
      reason.hidden = means() !== "ignore";
      given.resized();
    }

    var reach = wasMapped ? make("div", { "class": "tb-pick__reach" }, [
      make("b", { "class": "tb-sm", text: "Orders processed so far" }),
      choice(reachGroup, "correction", "were read wrongly: correct them", true, arrange),
      choice(reachGroup, "from_now", "were right: it holds from now on", false, arrange),
      reached
    ]) : null;

    var form = make("form", { "class": "tb-pick__form", "aria-label": "What " + row.name + " stands for" }, [
      make("div", { "class": "tb-row" }, [
        choice(group, "stock", "Stock items", given.start === "stock", arrange),
        choice(group, "ignore", "Ignore it", given.start === "ignore", arrange),
        wasMapped ? choice(group, "nothing", "Leave it unmapped", false, arrange) : null
      ]),
      stock, reason, reach, said,
      make("div", { "class": "tb-row" }, [
        make("button", { type: "submit", "class": "btn btn-sm btn-primary", text: "Save" }),
        make("button", { type: "button", "class": "btn btn-sm", text: "Cancel", on: { click: given.cancel } })
      ])
    ]);

    form.addEventListener("keydown", function (event) {
      event.stopPropagation();
      if (event.key === "Escape") { given.cancel(); }
    });
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      var fields = new URLSearchParams();
      fields.append("means", means());
      fields.append("standing", row.mark);
      fields.append("reason", reason.value);
      fields.append("maximum", maximum.value);
      var how = form.querySelector('input[name="' + reachGroup + '"]:checked');
      if (how) { fields.append("reach", how.value); }
      kit.querySelectorAll(".tb-pick__part").forEach(function (line) {
        fields.append("sku", line.querySelector('[name="sku"]').value);
        fields.append("quantity", line.querySelector(".tb-num-field").value);
      });
      given.save(fields).then(function (fault) {
        said.textContent = fault;
        said.hidden = !fault;
        given.resized();
      });
    });

    (given.parts.length ? given.parts : [{ sku: "", pieces: 1 }]).forEach(add);
    if (reach) {
      given.reach().then(function (found) {
        reached.textContent = found.orders
          ? found.orders.toLocaleString("en") + (found.orders === 1 ? " order" : " orders") + " with " + found.pieces.toLocaleString("en") + " sold pieces were read so: a correction has them go through again and move the difference."
          : "No order was read with this mapping yet: a correction reaches none.";
        given.resized();
      });
    }
    arrange();
    return { node: form, focus: function () { (means() === "ignore" ? reason : kit.querySelector('[name="sku"]') || maximum).focus(); } };
  };
  window.mappingNode = make;
})();
