// Hides the boxes that do not matter for what was chosen; without script they all stand there and the empty ones count for nothing.
(function () {
  "use strict";
  var form = document.querySelector("form.fill");
  if (!form) { return; }
  var boxes = Array.prototype.slice.call(form.querySelectorAll("[data-only-if]"));

  function show() {
    boxes.forEach(function (box) {
      var parts = box.dataset.onlyIf.split(":");
      var other = form.elements[parts[0]];
      var field = box.querySelector("input, select, textarea");
      var wanted = parts[1].split(" ");
      box.hidden = !!other && wanted.indexOf(other.value) < 0 && !(other.value === "" && field.value !== "");
    });
  }

  form.addEventListener("change", show);
  show();
  var target = document.getElementById("mend");
  if (target) { target.scrollIntoView({ block: "start" }); }
})();
