// Reading the standard workbook with SheetJS; used by both Node peers.
"use strict";
const fs = require("fs");
const path = require("path");
const XLSX = require("xlsx");

const inputs = process.env.BENCH_INPUTS;
const layout = JSON.parse(fs.readFileSync(path.join(inputs, "layout.json"), "utf8"));

// Returns what the template prints.  Figures stand under their whole name, "表三.新收.自然人".
function read(file) {
  const book = XLSX.readFile(file);
  const value = (sheet, address) => {
    const cell = book.Sheets[sheet][address];
    return cell === undefined || cell.v === undefined ? "" : String(cell.v);
  };
  const names = {};
  for (const [name, [sheet, address]] of Object.entries(layout.cells)) names[name] = value(sheet, address);
  const { sheet, columns, first, last, sections } = layout.texts;
  for (const [heading, name] of Object.entries(sections)) {
    names[name] = [];
    for (let row = first; row <= last; row++) {
      const text = value(sheet, columns.text + row);
      if (value(sheet, columns.section + row) === heading && text) {
        const lines = text.split("\n").filter(Boolean);
        names[name].push({ 小标题: value(sheet, columns.heading + row), 段落: lines.map((值) => ({ 值 })) });
      }
    }
  }
  const title = layout.title.replace("{}", names["机关名称"]).replace("{}", names["年份"]);
  names["标题行"] = title.split("\n").map((值) => ({ 值 }));
  return names;
}

// Command line and warm worker, the same for both peers: `build INPUT -o OUT`, `validate INPUT`,
// `--help`, `worker`.
async function main(build) {
  const { parseArgs } = require("util");
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { out: { type: "string", short: "o" }, help: { type: "boolean", short: "h" } },
  });
  const [command, source] = positionals;
  if (command === "build") {
    await build(source, values.out);
    console.log(`written: ${values.out}`);
  } else if (command === "validate") {
    console.log(`read: ${Object.keys(read(source)).length}`);
  } else if (command === "worker") {
    await worker(build);
  } else {
    console.log("usage: build INPUT -o OUT | validate INPUT");
  }
}

// A process that stays up, see worker.py.  One job a line: {"do", "inputs", "out", "seconds"}.
async function worker(build) {
  let next = 0;
  for await (const line of require("readline").createInterface({ input: process.stdin })) {
    const job = JSON.parse(line);
    const start = process.hrtime.bigint();
    const seconds = () => Number(process.hrtime.bigint() - start) / 1e9;
    let count = 0;
    while (seconds() < job.seconds) {
      const source = job.inputs[next % job.inputs.length];
      if (job.do === "build") await build(source, path.join(job.out, `${next}.docx`));
      else read(source);
      next++;
      count++;
    }
    process.stdout.write(JSON.stringify({ count, seconds: seconds() }) + "\n");
  }
}

module.exports = { inputs, main, read };
