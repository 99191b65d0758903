"use strict";
(function () {
  var bar = document.getElementById("bar"), last = null, turn = 0;
  function each(ids, name) {
    ids.split(" ").forEach(function (id) {
      var cell = id && document.getElementById(id);
      if (cell) cell.classList.add(name);
    });
  }
  function clear() {
    document.querySelectorAll(".is-left, .is-right").forEach(function (cell) {
      cell.classList.remove("is-left", "is-right");
    });
    bar.hidden = true;
    bar.replaceChildren();
  }
  function show(owner, next) {
    var sums = owner.dataset.sums.split(" ");
    turn = owner === last && next ? (turn + 1) % sums.length : owner === last ? turn : 0;
    last = owner;
    var sum = document.getElementById(sums[turn]);
    clear();
    each(sum.dataset.left, "is-left");
    each(sum.dataset.right, "is-right");
    bar.append(...Array.from(sum.querySelectorAll("p.head, p.sum"), function (line) { return line.cloneNode(true); }));
    if (sums.length > 1) {
      var more = document.createElement("p");
      more.className = "quiet";
      more.textContent = "这一格在 " + sums.length + " 个不成立的算式里，这是第 " + (turn + 1) + " 个；再点一次看下一个。";
      bar.append(more);
    }
    bar.hidden = false;
  }
  function owner(event) { return event.target.closest ? event.target.closest("[data-sums]") : null; }
  document.addEventListener("mouseover", function (event) {
    var cell = owner(event);
    if (cell && cell.matches("td")) { if (cell !== last || bar.hidden) show(cell, false); }
  });
  document.addEventListener("mouseout", function (event) {
    var cell = owner(event);
    if (cell && cell.matches("td") && cell !== document.activeElement) clear();
  });
  // A tap or click focuses first; only a later one turns to the next sum.
  var fresh = null;
  document.addEventListener("focusin", function (event) {
    var cell = owner(event);
    if (cell && cell.matches("td")) { fresh = cell; show(cell, false); } else if (!bar.contains(event.target)) clear();
  });
  document.addEventListener("click", function (event) {
    var one = owner(event);
    if (!one) { if (!bar.contains(event.target)) clear(); return; }
    if (one.matches("button")) {
      var cell = document.getElementById(one.dataset.cell);
      cell.focus({ preventScroll: true });
      show(one, false);
      cell.scrollIntoView({ block: "center", inline: "center" });
    } else { show(one, fresh !== one); }
    fresh = null;
  });
  document.addEventListener("keydown", function (event) {
    var cell = owner(event);
    if (event.key === "Escape") { clear(); }
    else if (cell && cell.matches("td") && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      show(cell, true);
    }
  });
  // What is folded on the screen is printed.
  window.addEventListener("beforeprint", function () {
    clear();
    document.querySelectorAll("details.texts:not([open])").forEach(function (one) { one.open = true; one.classList.add("folded"); });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details.folded").forEach(function (one) { one.open = false; one.classList.remove("folded"); });
  });
}());
