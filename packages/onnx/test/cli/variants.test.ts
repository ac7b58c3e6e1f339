import { kebabCase, makeVariant, variantTable } from "@dropoutkit/core/adapter";
import { Command } from "commander";
import { expect, test } from "vitest";
import { addVariantOptions, variantOf, variants } from "../../src/cli/variants.js";
import { GraphBuilder, makeValueInfo } from "../../src/graph.js";
import { insertDropout, type OnnxModel } from "../../src/index.js";

/** y = Relu(x), maps of 9 x 9. */
function maps(): OnnxModel {
  const builder = new GraphBuilder();
  builder.op("Relu", ["x"], { name: "act", outputs: ["y"] });
  const value = { type: "float32", dims: [2, 4, 9, 9] } as const;
  const ends = { inputs: [makeValueInfo("x", value)], outputs: [makeValueInfo("y", value)] };
  return builder.model({ name: "maps", opset: 18, ...ends });
}

function command(args: readonly string[]): Command {
  const made = addVariantOptions(new Command("insert").exitOverride(), variants);
  made.configureOutput({ writeErr: () => undefined });
  return made.parse([...args], { from: "user" });
}

test.each(variantTable.map((entry) => [entry.name, entry] as const))(
  "%s of the table is on the command line exactly if insertDropout takes it",
  (name, entry) => {
    const options = Object.entries(entry.options).map(([key, { start }]) => [key, start]);
    const rates = entry.rates.map((rate) => [rate, 0.5]);
    const started = options.filter(([, start]) => start !== undefined);
    const variant = makeVariant(entry, Object.fromEntries([...rates, ...started]));
    const insert = (): OnnxModel => insertDropout(maps(), { variant, after: { opType: "Relu" } });
    if (!variants.has(kebabCase(name))) {
      expect(insert).toThrow(/^insertDropout: variant must /);
      return;
    }
    const byName = variantOf(command(["--variant", kebabCase(name)]), variants);
    expect(JSON.stringify(byName?.({ rate: 0.5 }))).toBe(JSON.stringify(variant));
    expect(insert().graph.node.length).toBeGreaterThan(1);
    const help = new Command();
    addVariantOptions(help, variants);
    for (const option of [kebabCase(name), ...Object.keys(entry.options).map(kebabCase)]) {
      expect(help.helpInformation()).toContain(option);
    }
  },
);

test("an option of another variant, or one that is none, is an error", () => {
  const of =
    (...args: string[]) =>
    () =>
      variantOf(command(args), variants);
  expect(of("--variant", "dropout", "--block-size", "3")).toThrow(
    "error: option '--block-size' is not for variant dropout",
  );
  expect(of("--channels", "last")).toThrow("error: option '--channels' is not for variant dropout");
  expect(of("--variant", "drop-block", "--block-size", "0")).toThrow("It must be an integer >= 1.");
  expect(of("--variant", "concrete-dropout", "--temperature", "warm")).toThrow(
    "It must be a number.",
  );
  expect(of("--noise-shape", "null,1")()?.({ rate: 0.5 }).parts[0].field.noiseShape).toEqual([
    null,
    1,
  ]);
  expect(of()()).toBeUndefined();
});
