// docxtemplater + SheetJS, used as their documentation shows; no checks, no proof.
"use strict";
const fs = require("fs");
const path = require("path");
const Docxtemplater = require("docxtemplater");
const PizZip = require("pizzip");
const { inputs, main, read } = require("./sheet.js");

const TEMPLATE = path.join(inputs, "template-node.docx");

async function build(source, out) {
  const zip = new PizZip(fs.readFileSync(TEMPLATE));
  const document = new Docxtemplater(zip, { paragraphLoop: true, linebreaks: true });
  document.render(read(source));
  fs.writeFileSync(out, document.toBuffer());
}

main(build);
