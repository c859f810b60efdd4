/* Uploading a sheet: a file too large is said before it is sent, and how much of it has arrived. */
(function () {
  "use strict";

  var form = document.querySelector("[data-upload]");
  if (!form) { return; }
  var input = form.querySelector('input[type="file"]');
  var drop = form.querySelector(".tb-drop");
  var said = form.querySelector("#upload-said");
  var line = form.querySelector("[data-upload-progress]");
  var bar = line.querySelector("progress");
  var percent = line.querySelector("[data-upload-percent]");
  var largest = Number(form.getAttribute("data-largest"));

  function fault() {
    var file = input.files[0];
    if (!file || file.size <= largest) { return ""; }
    return "The file is " + Math.round(file.size / 1048576).toLocaleString("en") + " MB large, so it was not sent. "
      + "At most " + Math.round(largest / 1048576) + " MB are read: save only the sheet with the rows, or split it.";
  }

  function say(text) {
    said.textContent = "";
    if (!text) { return; }
    var box = document.createElement("div");
    box.className = "tb-err";
    var words = document.createElement("span");
    words.textContent = text;
    box.append(words);
    said.append(box);
  }

  input.addEventListener("change", function () { say(fault()); });

  ["dragover", "dragleave", "drop"].forEach(function (name) {
    drop.addEventListener(name, function (event) {
      event.preventDefault();
      drop.classList.toggle("tb-over", name === "dragover");
      if (name === "drop" && event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        say(fault());
      }
    });
  });

  form.addEventListener("htmx:beforeRequest", function (event) {
    var text = fault();
    if (text) {
      event.preventDefault();
      say(text);
      return;
    }
    say("");
    line.hidden = false;
  });
  form.addEventListener("htmx:xhr:progress", function (event) {
    if (!event.detail.lengthComputable) { return; }
    var part = Math.round(100 * event.detail.loaded / event.detail.total);
    bar.value = part;
    percent.textContent = part + " %";
    if (part === 100) { percent.textContent = "100 %, being read now"; }
  });
  form.addEventListener("htmx:afterRequest", function () {
    line.hidden = true;
    bar.value = 0;
  });
  form.addEventListener("htmx:sendError", function () {
    say("The connection broke off before all of the file had arrived. Upload it again.");
  });
})();
