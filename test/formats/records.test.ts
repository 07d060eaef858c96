// Identity documents, start records and end records: golden files, round trips, every field
// broken in turn, and an independent JSON parser.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { wallMs } from "../../src/core/brand.ts";
import type { EndRecord, StartRecord } from "../../src/core/generation.ts";
import { emptyIdentityDoc, type IdentityDoc } from "../../src/core/identity-doc.ts";
import type { Identity } from "../../src/core/names.ts";
import type { Result } from "../../src/core/result.ts";
import { endLogEvent, parseEndRecord, renderEndRecord } from "../../src/formats/end-record.ts";
import { parseIdentityDoc, renderIdentityDoc } from "../../src/formats/identity-doc.ts";
import { parseInstant } from "../../src/formats/instant.ts";
import { renderLine } from "../../src/formats/logfmt.ts";
import { parseStartRecord, renderStartRecord } from "../../src/formats/start-record.ts";
import { golden } from "./golden.ts";
import { hostileText, RUNS } from "./hostile.ts";
import { readByPython } from "./python.ts";
import {
  DOC,
  END,
  IDENTITY,
  SESSION_EXIT,
  START,
  TEARDOWN,
  UNSTARTED,
} from "./record-samples.ts";

const parseDoc = (text: string): Result<IdentityDoc> => parseIdentityDoc(text, IDENTITY);

interface Kind {
  readonly value: IdentityDoc | StartRecord | EndRecord;
  readonly rendered: string;
  readonly parse: (text: string) => Result<unknown>;
}

const KINDS: Readonly<Record<string, Kind>> = {
  "identity-doc.json": { value: DOC, rendered: renderIdentityDoc(DOC), parse: parseDoc },
  "start.json": { value: START, rendered: renderStartRecord(START), parse: parseStartRecord },
  "end-server-exit.json": { value: END, rendered: renderEndRecord(END), parse: parseEndRecord },
  "end-teardown.json": {
    value: TEARDOWN,
    rendered: renderEndRecord(TEARDOWN),
    parse: parseEndRecord,
  },
  "end-session-exit.json": {
    value: SESSION_EXIT,
    rendered: renderEndRecord(SESSION_EXIT),
    parse: parseEndRecord,
  },
  "end-unstarted.json": {
    value: UNSTARTED,
    rendered: renderEndRecord(UNSTARTED),
    parse: parseEndRecord,
  },
};

describe.each(Object.entries(KINDS))("%s", (name, { value, rendered, parse }) => {
  test("is one line of JSON, as checked in", () => {
    expect(rendered).toBe(golden(name));
    expect(rendered.split("\n")).toHaveLength(2);
  });

  test("comes back as it was", () => {
    expect(parse(rendered)).toEqual({ ok: true, value });
  });

  test("is JSON to python3 too", () => {
    const read = readByPython(rendered);
    if (read !== null) expect(read).toEqual(JSON.parse(JSON.stringify(value)));
  });

  test("with any one field of a wrong type is refused, and the field named", () => {
    for (const key of Object.keys(value)) {
      const broken = JSON.stringify({ ...value, [key]: { not: "this" } });
      const result = parse(broken);
      expect(result.ok).toBe(false);
      if (!result.ok) expect(result.error).toStartWith(key);
    }
  });

  test("cut off anywhere is refused", () => {
    for (let end = 0; end < rendered.length - 1; end += 1) {
      expect(parse(rendered.slice(0, end)).ok).toBe(false);
    }
  });

  test("from a newer program says so", () => {
    const result = parse(rendered.replace('"version":1', '"version":2'));
    expect(result).toEqual({ ok: false, error: expect.stringContaining("update iapeer") });
  });

  test.each(["", "null", "[]", "7", '"x"', "{", "{}", "\0", "[".repeat(100_000)])(
    "is not %.20p",
    (text) => {
      expect(parse(text).ok).toBe(false);
    },
  );

  test("takes no harm from foreign keys", () => {
    const foreign = rendered.replace("{", '{"__proto__":{"stopped":false},"constructor":1,"x":2,');
    expect(parse(foreign)).toEqual({ ok: true, value });
  });
});

describe("identity documents", () => {
  test("an empty one comes back", () => {
    const empty = emptyIdentityDoc(IDENTITY);
    expect(parseDoc(renderIdentityDoc(empty))).toEqual({ ok: true, value: empty });
  });

  test("say of a peer that it has never lived, and else nothing", () => {
    const text = renderIdentityDoc({ ...DOC, neverLived: true });
    expect(parseDoc(text)).toEqual({ ok: true, value: { ...DOC, neverLived: true } });
    expect(parseDoc(text.replace('"neverLived":true', '"neverLived":false'))).toEqual({
      ok: true,
      value: DOC,
    });
  });

  test("of another identity are an error", () => {
    const result = parseIdentityDoc(renderIdentityDoc(DOC), "codex-alpha" as Identity);
    expect(result).toEqual({
      ok: false,
      error: 'identity: expected "codex-alpha", found "claude-alpha"',
    });
  });

  test("keep the newest 16 deaths and topics, written or read", () => {
    const many = Array.from({ length: 20 }, (_, index) => index);
    const long = { ...DOC, deaths: many.map(wallMs), topics: many.map(String) };
    for (const text of [renderIdentityDoc(long), JSON.stringify(long)]) {
      const result = parseDoc(text);
      expect(result.ok && result.value.deaths).toEqual(many.slice(4).map(wallMs));
      expect(result.ok && result.value.topics).toEqual(many.slice(4).map(String));
    }
  });

  test("without their later fields are read as empty, but never without the stop flag", () => {
    const least = { version: 1, identity: IDENTITY, stopped: true };
    const expected = { ...emptyIdentityDoc(IDENTITY), stopped: true };
    expect(parseDoc(JSON.stringify(least))).toEqual({ ok: true, value: expected });
    const lost = parseDoc(JSON.stringify({ version: 1, identity: IDENTITY }));
    expect(lost).toEqual({ ok: false, error: expect.stringContaining("stopped: ") });
  });

  test("name the place of a bad item", () => {
    const bad = parseDoc(JSON.stringify({ ...DOC, deaths: [1, "x"] }));
    expect(bad).toEqual({ ok: false, error: expect.stringContaining("deaths[1]: ") });
  });

  test("hold any topic", () => {
    fc.assert(
      fc.property(fc.array(hostileText, { maxLength: 16 }), (topics) => {
        const doc = { ...DOC, topics };
        const rendered = renderIdentityDoc(doc);
        expect(rendered.isWellFormed()).toBe(true);
        expect(rendered.indexOf("\n")).toBe(rendered.length - 1);
        expect(parseDoc(rendered)).toEqual({ ok: true, value: doc });
      }),
      RUNS,
    );
  });
});

describe("start records", () => {
  test("hold any cwd and argv", () => {
    const cwds = hostileText.filter((text) => text !== "" && !text.includes("\0"));
    fc.assert(
      fc.property(cwds, fc.array(hostileText, { maxLength: 4 }), (cwd, argv) => {
        const record = { ...START, cwd, argv };
        expect(parseStartRecord(renderStartRecord(record))).toEqual({ ok: true, value: record });
      }),
      RUNS,
    );
  });

  test("before the server is up have neither server nor pane", () => {
    const { server: _server, pane: _pane, ...early } = START;
    const rendered = renderStartRecord(early);
    expect(rendered).not.toContain("server");
    expect(parseStartRecord(rendered)).toEqual({ ok: true, value: early });
  });

  test.each([0, 1, -1, 1.5, "12", null])("never name pid %p", (pid) => {
    const result = parseStartRecord(JSON.stringify({ ...START, server: { pid, start: "1" } }));
    expect(result).toEqual({ ok: false, error: expect.stringContaining("server.pid: ") });
  });

  test("whose identity is not their runtime and personality are refused", () => {
    const result = parseStartRecord(JSON.stringify({ ...START, runtime: "codex" }));
    expect(result).toEqual({ ok: false, error: expect.stringContaining("identity: ") });
  });
});

describe("end records", () => {
  test.each([
    ["reason", { ...TEARDOWN, reason: undefined }],
    ["cause", { ...END, cause: undefined }],
    ["deadSignal", { ...SESSION_EXIT, deadSignal: 9 }],
    ["reason", { ...TEARDOWN, reason: "because" }],
    ["by", { ...END, by: "me" }],
    ["ts", { ...END, ts: "now" }],
    ["identity", { ...END, identity: "claude" }],
    ["generation", { ...END, generation: "../x" }],
    ["verdict.oom", { ...END, verdict: { ...END.verdict, oom: "maybe" } }],
    ["verdict", { ...END, verdict: undefined }],
  ])("with a bad %s are refused by that name", (path, record) => {
    const result = parseEndRecord(JSON.stringify(record));
    expect(result).toEqual({ ok: false, error: expect.stringContaining(`${path}: `) });
  });

  test("with the seconds that a plain sh can tell are read", () => {
    const result = parseEndRecord(JSON.stringify({ ...END, ts: "2026-01-01T00:00:09Z" }));
    expect(result.ok && result.value.ts).toBe("2026-01-01T00:00:09.000Z");
  });

  test("as lines of exits.log, as checked in", () => {
    const lines = [END, TEARDOWN, SESSION_EXIT, UNSTARTED].map((end) => {
      const wall = parseInstant(end.ts) ?? wallMs(0);
      return renderLine({ ...endLogEvent(end), wall });
    });
    expect(lines.join("")).toBe(golden("exits.txt"));
  });
});

test("a thousand peers' records are read in a fraction of a second", () => {
  const [doc, start, end] = [DOC, START, END].map((value) => JSON.stringify(value));
  const readAll = (): number => {
    const from = performance.now();
    for (let peer = 0; peer < 1000; peer += 1) {
      parseDoc(doc ?? "");
      parseStartRecord(start ?? "");
      parseEndRecord(end ?? "");
    }
    return performance.now() - from;
  };
  // The best of some: the bound is about our code, not about what else the machine does.
  expect(Math.min(...Array.from({ length: 5 }, readAll))).toBeLessThan(200);
});
