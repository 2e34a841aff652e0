import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTemplate } from "../../src/scenario/parse-template.js";
import { arbitraryTemplateParts, printParts } from "./arbitrary-template.js";

describe("a text", () => {
  test.each([
    ["plain", ["plain"]],
    ["", []],
    ["$(name)", [{ kind: "var", name: "name" }]],
    ["tier-$(writer-name)!", ["tier-", { kind: "var", name: "writer-name" }, "!"]],
    ["$(read.etag)", [{ kind: "capture", step: "read", name: "etag" }]],
    ["$(step-2.x)", [{ kind: "capture", step: "step-2", name: "x" }]],
    ["$(env.TOKEN)", [{ kind: "env", name: "TOKEN" }]],
    ["$(uuid())", [{ kind: "call", function: "uuid", argument: null }]],
    ["$( now() )", [{ kind: "call", function: "now", argument: null }]],
    [
      "$(sha256(read.id))",
      [{ kind: "call", function: "sha256", argument: { kind: "capture", step: "read", name: "id" } }],
    ],
    ["$(sha256('a) b'))", [{ kind: "call", function: "sha256", argument: "a) b" }]],
    ['$(sha256(""))', [{ kind: "call", function: "sha256", argument: "" }]],
    [
      "$(sha256(uuid()))",
      [
        {
          kind: "call",
          function: "sha256",
          argument: { kind: "call", function: "uuid", argument: null },
        },
      ],
    ],
    [
      "$(a)$(b)",
      [
        { kind: "var", name: "a" },
        { kind: "var", name: "b" },
      ],
    ],
    ["$$(name)", ["$(name)"]],
    ["$ 5, $x, {x}, { {x} }, $", ["$ 5, $x, {x}, { {x} }, $"]],
    ["a$$$(b", ["a$$(b"]],
  ])("%s has these parts", (text, parts) => {
    expect(parseTemplate(text)).toEqual({ parts, mistakes: [] });
  });

  test.each([
    ["$(key", "$(key", "found `$(` without a closing `)`", "write $$( for $( itself"],
    ["a $() b", "$()", "found `)` in a template, expected $(name)", undefined],
    ["$(a b)", "$(a b)", "found `b` in a template, expected `)`", undefined],
    ["$(a.b.c)", "$(a.b.c)", "found `.c` in a template, expected `)`", undefined],
    ["$(1)", "$(1)", "found `1` in a template", undefined],
    ["$(a.)", "$(a.)", "found `)` after `a.`", undefined],
    [
      "$(uuidv4())",
      "$(uuidv4()",
      "found the unknown function `uuidv4()`, expected uuid(), now() or sha256(x)",
      "did you mean `uuid`?",
    ],
    ["$(random())", "$(random()", "found the unknown function `random()`", undefined],
    ["$(uuid)", "$(uuid)", "found the function `uuid` without ( ), expected uuid()", undefined],
    ["$(sha256)", "$(sha256)", "found the function `sha256` without ( ), expected sha256(x)", undefined],
    ["$(uuid(1))", "$(uuid(1)", "found an argument in uuid(…), expected none", undefined],
    ["$(sha256())", "$(sha256()", "found sha256() without an argument", undefined],
    ["$(sha256(a, b))", "$(sha256(a, b)", "found `,` in sha256(…), expected one argument", undefined],
    ["$(env)", "$(env)", "found `env` alone in a template, expected $(env.NAME)", undefined],
    ["/x/${id}/y", "${id}", "found `${id}`, expected $(name)", "templates are written $(name): write $(id)"],
    [
      "{{ id }}",
      "{{ id }}",
      "found `{{ id }}`, expected $(name)",
      "templates are written $(name): write $(id)",
    ],
    ["${a b}", "${a b}", "found `${a b}`, expected $(name)", "templates are written $(name)"],
  ])("%s is refused", (text, piece, message, hint) => {
    const { mistakes } = parseTemplate(text);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]?.piece).toBe(piece);
    expect(mistakes[0]?.message).toContain(message);
    expect(mistakes[0]?.hint).toBe(hint);
  });

  test("tells each of its mistakes", () => {
    expect(parseTemplate("${a} $(b) {{c}} $(d(e)) $(f").mistakes.map(({ piece }) => piece)).toEqual([
      "${a}",
      "{{c}}",
      "$(d(e)",
      "$(f",
    ]);
  });
});

describe("for every template", () => {
  test("reading what was printed gives the same parts", () => {
    fc.assert(
      fc.property(arbitraryTemplateParts, (parts) => {
        expect(parseTemplate(printParts(parts))).toEqual({ parts, mistakes: [] });
      }),
    );
  });

  test("a text with every $( written as $$( has no template in it", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[$(){}a.\s]*$/), (text) => {
        fc.pre(!/\$\{[^{}\n]*\}|\{\{[^{}\n]*\}\}/.test(text));
        const { parts } = parseTemplate(text.replaceAll("$(", "$$$("));
        expect(parts.join("")).toBe(text);
      }),
    );
  });

  test("no text makes reading fail", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[$(){}.a'"uid\s,]*$/), (text) => {
        const { parts, mistakes } = parseTemplate(text);
        expect(parts.length + mistakes.length).toBeGreaterThanOrEqual(text === "" ? 0 : 1);
      }),
    );
  });
});
