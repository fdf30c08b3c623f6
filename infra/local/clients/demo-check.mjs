// Compares what was acknowledged with what ClickHouse shows: every trace once, with all its observations and scores. Exits 1 when not.
import { readFileSync } from "node:fs";

const expected = JSON.parse(readFileSync(process.argv[2], "utf8"));
const limit = Date.now() + 30_000;

async function count(sql) {
  const answer = await fetch(`${process.env.CLICKHOUSE_URL}/?database=pipeline&default_format=JSONEachRow&output_format_json_quote_64bit_integers=0`, { method: "POST", body: sql });
  if (!answer.ok) throw new Error(await answer.text());
  const rows = (await answer.text()).split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return new Map(rows.map((row) => [row.id, row.n]));
}

for (;;) {
  const traces = await count("SELECT id, count() AS n FROM traces GROUP BY id");
  const observations = await count("SELECT trace_id AS id, count() AS n FROM observations GROUP BY trace_id");
  const scores = await count("SELECT assumeNotNull(trace_id) AS id, count() AS n FROM scores GROUP BY trace_id");
  const wrong = Object.entries(expected).filter(
    ([id, want]) => traces.get(id) !== 1 || observations.get(id) !== want.observations || (scores.get(id) ?? 0) !== want.scores,
  );
  if (wrong.length === 0) {
    console.log(`${Object.keys(expected).length} of ${Object.keys(expected).length} acknowledged traces are visible exactly once, whole`);
    break;
  }

  if (Date.now() > limit) {
    console.error(`${wrong.length} traces are missing, doubled or not whole, for example ${wrong[0][0]}`);
    process.exit(1);
  }

  await new Promise((resolve) => setTimeout(resolve, 250));
}
