// easy-template-x + SheetJS, used as their documentation shows; no checks, no proof.
"use strict";
const fs = require("fs");
const path = require("path");
const { TemplateHandler } = require("easy-template-x");
const { inputs, main, read } = require("./sheet.js");

const TEMPLATE = path.join(inputs, "template-node.docx");

async function build(source, out) {
  const handler = new TemplateHandler();
  fs.writeFileSync(out, await handler.process(fs.readFileSync(TEMPLATE), read(source)));
}

main(build);
