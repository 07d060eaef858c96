// The document of an end record: nothing of the record is left out, and its names are those of the
// record's line in exits.log.

import { expect, test } from "bun:test";
import type { EndRecord } from "../../src/core/generation.ts";
import { endDocument } from "../../src/formats/end-document.ts";
import { endLogEvent } from "../../src/formats/end-record.ts";
import { END, SESSION_EXIT, TEARDOWN, UNSTARTED } from "./record-samples.ts";

const FULL: EndRecord = {
  ...UNSTARTED,
  ...TEARDOWN,
  ...SESSION_EXIT,
  ...END,
  deadSignal: 9,
  since: "2026-01-31T08:00:00.000Z",
  verdict: {
    exitCode: 3,
    signal: 9,
    oom: "seen",
    memoryPressurePercent: 1.5,
    rssPeakKb: 1700,
    ours: true,
    signalId: "0a1b",
    confidence: "likely",
  },
};

/** Without those of the verdict, which is an object of its own. */
const namesIn = ({ verdict, ...rest }: object & { readonly verdict: object }) =>
  [...Object.keys(rest), ...Object.keys(verdict)].toSorted();

test("every field has the name that it has in exits.log", () => {
  const { ev: _, fields } = endLogEvent(FULL);
  const told = namesIn(endDocument(FULL));
  expect(told).toEqual([...Object.keys(fields), "ev", "schema", "ts"].toSorted());
  expect(told.join(" ")).not.toMatch(/[A-Z]/);
});

const valuesIn = ({ verdict, ...rest }: object & { readonly verdict: object }) =>
  [...Object.values(rest), ...Object.values(verdict)].map(String).toSorted();

test.each([END, SESSION_EXIT, TEARDOWN, UNSTARTED, FULL])("it has what the record has", (end) => {
  const { version: _, ...fields } = end;
  const { schema, ...told } = endDocument(end);
  expect(schema).toBe("iapeer.end.v1");
  expect(namesIn(told)).toHaveLength(namesIn(fields).length);
  expect(valuesIn(told)).toEqual(valuesIn(fields));
});
