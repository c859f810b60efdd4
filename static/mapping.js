/* The mapping grid on a wide screen; the plain table is the page without script and on a phone. */
(function () {
  "use strict";

  var box = document.querySelector("[data-grid]");
  if (!box || !window.Tabulator || !window.matchMedia("(min-width: 900px)").matches) { return; }
  var plain = document.querySelector("[data-plain]");
  var make = window.mappingNode;
  var may = box.getAttribute("data-may") === "yes";
  var address = new URL(window.location.href);
  var token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  var suggested = {};
  var open = null;
  var table;

  function url(name) { return box.getAttribute("data-" + name); }
  function listingUrl(id) { return url("listing").replace(/0$/, id); }
  function number(value) { return value > 10000 ? "10,000+" : value.toLocaleString("en"); }

  function get(where) {
    return window.fetch(where, { headers: { Accept: "application/json" } }).then(function (answer) {
      if (answer.redirected || !answer.ok) { window.location.reload(); return new Promise(function () {}); }
      return answer.json();
    });
  }

  function send(where, fields) {
    return window.fetch(where, { method: "POST", body: fields, headers: { Accept: "application/json", "X-CSRFToken": token } }).then(function (answer) {
      var isJson = (answer.headers.get("Content-Type") || "").indexOf("json") > 0;
      if (answer.redirected || !isJson) { window.location.reload(); return new Promise(function () {}); }
      return answer.json().then(function (body) { return { ok: answer.ok, status: answer.status, body: body }; });
    });
  }

  function toast(said, undo) {
    var holder = document.querySelector(".tb-toasts");
    holder.replaceChildren(make("div", { "class": "tb-toast" }, [
      make("span", { text: said }), undo ? make("a", { "class": "btn btn-sm", href: undo, text: "Undo…" }) : null
    ]));
  }

  /* ── cells ── */

  function chips(parts, look) {
    return make("div", { "class": "tb-items" }, parts.map(function (part) {
      return make("span", { "class": "tb-item" + (look || "") }, [make("b", { text: part.pieces + " ×" }), document.createTextNode(part.sku)]);
    }));
  }

  function nameCell(cell) {
    var row = cell.getData();
    return make("div", {}, [
      make("a", { href: listingUrl(row.id), "class": row.kind === "ignored" ? "tb-2nd" : "tb-strong", text: row.name }),
      make("span", { "class": "tb-sub", text: row.about })
    ]);
  }

  function skuCell(cell) {
    var sku = cell.getValue();
    return sku ? make("span", { "class": "tb-mono", text: sku }) : make("span", { "class": "tb-muted", text: "no SKU" });
  }

  function heldCell(cell) {
    var row = cell.getData();
    if (!row.orders) { return make("span", { "class": "tb-muted", text: "0" }); }
    return make("div", {}, [make("span", { text: number(row.orders) }), make("span", { "class": "tb-sub", text: row.money })]);
  }

  function best(row) {
    var found = suggested[row.id];
    if (!found || !found.length || (found.length > 1 && found[0].score === found[1].score)) { return null; }
    return found[0];
  }

  function standsCell(cell) {
    var row = cell.getData();
    cell.getElement().classList.toggle("tb-editing", Boolean(open && open.id === row.id));
    if (open && open.id === row.id) { return open.node; }
    if (row.kind === "ignored") {
      return make("div", {}, [make("span", { "class": "tb-state tb-state--skipped", text: "ignored" }), make("span", { "class": "tb-sub", text: row.ignored })]);
    }
    if (row.kind === "mapped") {
      return make("div", { "class": "tb-sugg" }, [chips(row.parts), row.remark ? make("span", { "class": "tb-sugg__why", text: row.remark }) : null]);
    }
    var found = suggested[row.id];
    if (!found) { return make("span", { "class": "tb-muted", text: "looking for one alike…" }); }
    if (!found.length) { return make("span", { "class": "tb-2nd", text: "Nothing alike found" }); }
    var one = best(row);
    var shown = one ? [one] : found;
    return make("div", { "class": "tb-sugg" }, [
      chips(shown.map(function (each) { return { sku: each.sku, pieces: 1 }; }), " tb-item--maybe"),
      make("span", { "class": "tb-sugg__why", text: one ? one.reason : "Several fit: a person must choose" })
    ]);
  }

  function showsCell(cell) {
    var row = cell.getData();
    return make("span", { "class": row.drifted ? "tb-warn tb-strong" : "", text: row.shows });
  }

  function button(label, row, look, act) {
    return make("button", { type: "button", "class": "btn btn-sm" + look, on: { click: function (event) { event.stopPropagation(); act(); } } }, [
      document.createTextNode(label), make("span", { "class": "tb-sr", text: " " + row.name })
    ]);
  }

  function doCell(cell) {
    var row = cell.getData();
    if (!may) { return make("a", { "class": "btn btn-sm btn-link", href: listingUrl(row.id) }, [document.createTextNode("Open"), make("span", { "class": "tb-sr", text: " " + row.name })]); }
    if (open && open.id === row.id) { return make("span"); }
    function edit(start, parts) { return function () { editRow(cell.getRow(), start, parts); }; }
    if (row.kind === "mapped") { return button("Change…", row, " btn-link", edit("stock", row.parts)); }
    if (row.kind === "ignored") { return button("Map after all…", row, " btn-link", edit("stock", [])); }
    var one = best(row);
    if (one) {
      return make("span", { "class": "tb-do" }, [
        button("Confirm", row, "", function () { confirmRows([row]); }),
        button("Other…", row, " btn-link", edit("stock", [{ sku: one.sku, pieces: 1 }]))
      ]);
    }
    return make("span", { "class": "tb-do" }, [button("Choose…", row, "", edit("stock", [])), button("Ignore…", row, " btn-link", edit("ignore", []))]);
  }

  /* ── editing in place ── */

  function editRow(component, start, parts) {
    closeEditor();
    var row = component.getData();
    var editor = window.mappingEditor(row, {
      start: start,
      parts: parts,
      itemsUrl: url("items"),
      reach: function () { return get(listingUrl(row.id) + "/reach"); },
      cancel: closeEditor,
      resized: function () { component.normalizeHeight(); },
      save: function (fields) {
        return send(listingUrl(row.id), fields).then(function (answer) {
          if (answer.status === 409) {
            closeEditor();
            component.update(answer.body.row);
            component.reformat();
            toast(answer.body.said);
            return "";
          }
          if (!answer.ok) { return answer.body.said; }
          closeEditor();
          changed(answer.body);
          return "";
        });
      }
    });
    open = { id: row.id, component: component, node: editor.node };
    component.reformat();
    component.normalizeHeight();
    editor.focus();
  }

  function closeEditor() {
    if (!open) { return; }
    var was = open;
    open = null;
    was.component.reformat();
    was.component.normalizeHeight();
    var back = was.component.getElement().querySelector("button");
    if (back) { back.focus(); }
  }

  function changed(body) {
    toast(body.said, body.undo);
    table.setPage(table.getPage());
  }

  /* ── ticked rows ── */

  var bar = box.querySelector("[data-bulk]");
  var reason = bar.querySelector("[data-bulk-reason]");

  function ticked() { return table.getSelectedData().filter(function (row) { return row.kind === "unmapped"; }); }

  function showBar() {
    var rows = ticked();
    bar.hidden = rows.length === 0;
    if (!rows.length) { return; }
    var orders = rows.reduce(function (sum, row) { return sum + row.orders; }, 0);
    var sure = rows.filter(best).length;
    bar.querySelector("[data-bulk-count]").textContent = rows.length + " ticked";
    bar.querySelector("[data-bulk-worth]").textContent = orders ? ", named by " + number(orders) + (orders === 1 ? " order" : " orders") : "";
    var confirm = bar.querySelector("[data-bulk-confirm]");
    confirm.hidden = sure === 0;
    confirm.textContent = "Confirm " + sure + (sure === 1 ? " suggestion" : " suggestions");
  }

  function confirmRows(rows) {
    var fields = new URLSearchParams();
    rows.forEach(function (row) {
      var one = best(row);
      if (one) { fields.append("listing", row.id); fields.append("sku", one.sku); }
    });
    act(url("confirm-all"), fields);
  }

  function act(where, fields) {
    send(where, fields).then(function (answer) {
      changed(answer.body);
      if (answer.ok) { table.deselectRow(); reason.value = ""; reason.hidden = true; }
    });
  }

  bar.addEventListener("submit", function (event) { event.preventDefault(); });
  bar.querySelector("[data-bulk-confirm]").addEventListener("click", function () { confirmRows(ticked()); });
  bar.querySelector("[data-bulk-untick]").addEventListener("click", function () { table.deselectRow(); });
  bar.querySelector("[data-bulk-ignore]").addEventListener("click", function () {
    if (reason.hidden || !reason.value.trim()) { reason.hidden = false; reason.focus(); return; }
    var fields = new URLSearchParams();
    ticked().forEach(function (row) { fields.append("listing", row.id); });
    fields.append("reason", reason.value);
    act(url("ignore-all"), fields);
  });

  /* ── the table ── */

  function suggest(rows) {
    var ids = rows.filter(function (row) { return row.kind === "unmapped"; }).map(function (row) { return row.id; });
    if (!ids.length) { return; }
    get(url("suggestions") + "?ids=" + ids.join(",")).then(function (found) {
      Object.assign(suggested, found);
      table.getRows().forEach(function (component) {
        if (found[component.getData().id] && !(open && open.id === component.getData().id)) {
          component.reformat();
          component.normalizeHeight();
        }
      });
      showBar();
    });
  }

  function load(ignored, config, params) {
    var asked = new URLSearchParams();
    ["show", "q"].forEach(function (name) { if (address.searchParams.get(name)) { asked.set(name, address.searchParams.get(name)); } });
    var kind = document.querySelector(".tb-chip[aria-current] [data-count]");
    if (!asked.has("show") && kind) { asked.set("show", kind.getAttribute("data-count")); }
    var sort = (params.sort || [])[0];
    if (sort && sort.field !== "orders") {
      asked.set("sort", sort.field);
      asked.set("dir", sort.dir);
    }
    asked.set("page", params.page || 1);
    var shown = new URL(address);
    shown.search = asked.toString();
    window.history.replaceState(null, "", shown);
    return get(url("rows") + "?" + asked.toString()).then(function (found) {
      document.querySelectorAll("[data-count]").forEach(function (each) { each.textContent = number(found.counts[each.getAttribute("data-count")]); });
      document.querySelector("[data-held]").textContent = found.held || "No order waits for a mapping";
      window.setTimeout(function () { suggest(found.rows); });
      return { data: found.rows, last_page: Math.max(1, Math.min(200, Math.ceil(found.total / 50))), last_row: found.total };
    });
  }

  box.hidden = false;
  plain.hidden = true;
  table = new window.Tabulator(box.querySelector("[data-table]"), {
    index: "id",
    layout: "fitColumns",
    renderVertical: "basic",
    placeholder: "No listing fits",
    ajaxURL: url("rows"),
    ajaxRequestFunc: load,
    pagination: true,
    paginationMode: "remote",
    paginationSize: 50,
    paginationInitialPage: Number(address.searchParams.get("page")) || 1,
    paginationCounter: function (size, first, page, total) { return total ? number(first) + " to " + number(Math.min(first + size - 1, total)) + " of " + number(total) : ""; },
    sortMode: "remote",
    initialSort: [{ column: address.searchParams.get("sort") || "orders", dir: address.searchParams.get("dir") === "desc" || !address.searchParams.get("sort") ? "desc" : "asc" }],
    selectableRows: may,
    selectableRowsCheck: function (row) { return row.getData().kind === "unmapped"; },
    rowHeader: may ? { formatter: "rowSelection", titleFormatter: "rowSelection", headerSort: false, resizable: false, width: 44, hozAlign: "center", cssClass: "tb-check", cellClick: function (event, cell) { event.stopPropagation(); } } : false,
    columnDefaults: { resizable: false, variableHeight: true },
    columns: [
      { title: "Listing in the store", field: "name", formatter: nameCell, widthGrow: 3, minWidth: 170 },
      { title: "SKU in the store", field: "sku", formatter: skuCell, widthGrow: 1, minWidth: 115 },
      { title: "Orders held up", field: "orders", formatter: heldCell, hozAlign: "right", headerHozAlign: "right", headerSortStartingDir: "desc", widthGrow: 1, minWidth: 118 },
      { title: "Stands for", field: "kind", formatter: standsCell, headerSort: false, widthGrow: 5, minWidth: 230 },
      { title: "Ours", field: "ours", headerSort: false, hozAlign: "right", headerHozAlign: "right", width: 62 },
      { title: "Store shows", field: "shows", formatter: showsCell, headerSort: false, hozAlign: "right", headerHozAlign: "right", width: 84 },
      { title: "Max.", field: "maximum", headerSort: false, hozAlign: "right", headerHozAlign: "right", width: 58 },
      { title: "Actions", field: "id", formatter: doCell, headerSort: false, widthGrow: 1, minWidth: 172 }
    ]
  });
  table.on("rowSelectionChanged", showBar);
})();
