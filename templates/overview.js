"use strict";
(function () {
  var table = document.getElementById("rows"), body = table.tBodies[0], form = document.getElementById("filter");
  var rows = Array.from(body.rows), compare = new Intl.Collator("zh-CN", { numeric: true }).compare;
  function text(row, n) { return row.cells[n].textContent.trim(); }
  function value(id) { return document.getElementById(id).value; }
  function filter() {
    var state = value("state"), group = value("group"), rule = value("rule"), name = value("name").trim(), count = 0;
    rows.forEach(function (row) {
      var fits = (!state || row.querySelector(".badge").textContent === state) && (!group || text(row, 3) === group) &&
        (!rule || text(row, 9).split(" ").includes(rule)) && (!name || row.textContent.includes(name));
      row.hidden = !fits;
      count += fits ? 1 : 0;
    });
    document.getElementById("shown").textContent = "显示 " + count + " 行";
  }
  Array.from(table.tHead.rows[0].cells).forEach(function (head, n) {
    var button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", function () {
      var down = head.getAttribute("aria-sort") === "ascending";
      Array.from(head.parentNode.cells).forEach(function (one) { one.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      rows.sort(function (a, b) { return compare(text(a, n), text(b, n)) * (down ? -1 : 1); });
      body.append(...rows);
    });
  });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("input", filter);
  form.hidden = false;
  filter();
}());
