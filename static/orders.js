/* What the ticked orders are worth, each currency for itself: whole minor units, no rounding. */
(function () {
  "use strict";

  var label = document.querySelector("[data-worth]");
  if (!label) { return; }

  function tell() {
    var sums = new Map();
    document.querySelectorAll('input[name="order"]:checked').forEach(function (box) {
      var currency = box.getAttribute("data-currency");
      var text = box.getAttribute("data-amount");
      if (!text) { return; }
      var digits = (text.split(".")[1] || "").length;
      var whole = BigInt(text.replace("\u2212", "-").replace(/[.,]/g, ""));
      var sum = sums.get(currency) || { whole: BigInt(0), digits: digits };
      sum.whole += whole;
      sums.set(currency, sum);
    });
    label.textContent = Array.from(sums, function (entry) {
      return entry[0] + " " + written(entry[1].whole, entry[1].digits);
    }).join(" · ");
  }

  function written(whole, digits) {
    var sign = whole < 0 ? "\u2212" : "";
    var text = String(whole < 0 ? -whole : whole).padStart(digits + 1, "0");
    var units = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, ",");
    return sign + units + (digits ? "." + text.slice(-digits) : "");
  }

  document.addEventListener("change", tell);
  document.addEventListener("reset", function () { window.setTimeout(tell); });
  tell();
})();
