// Sends one trace with nested spans, a generation with usage and a score through the classic `langfuse` SDK, as an application would.
// Prints what it set as JSON, so that a test can compare it with what is stored.
import { Langfuse } from "langfuse";
import { randomUUID } from "node:crypto";

const langfuse = new Langfuse({ baseUrl: process.env.LANGFUSE_BASE_URL, flushAt: 50, flushInterval: 1000 });
const rejected = [];
langfuse.on("error", (error) => rejected.push(String(error)));

const traceId = `demo-${randomUUID()}`;
const trace = langfuse.trace({
  id: traceId,
  name: "answer-question",
  userId: "user-7",
  sessionId: "session-3",
  tags: ["demo", "classic"],
  release: "2026.11",
  version: "1.2.0",
  metadata: { tenant: "acme", plan: { seats: 12 } },
  input: { question: "Wie spät ist es? 🕰" },
});

const retrieve = trace.span({ id: `${traceId}-retrieve`, name: "retrieve", input: "clock documents", startTime: new Date("2026-11-20T10:00:01.123Z") });
const rank = retrieve.span({ id: `${traceId}-rank`, name: "rank", metadata: { k: 3 }, startTime: new Date("2026-11-20T10:00:01.200Z") });
rank.end({ output: ["d1", "d2"] });
retrieve.end({ output: { documents: 2 } });

const generation = trace.generation({
  id: `${traceId}-generation`,
  name: "answer",
  model: "gpt-4o",
  modelParameters: { temperature: 0.2 },
  input: [{ role: "user", content: "Wie spät ist es?" }],
  startTime: new Date("2026-11-20T10:00:02.123Z"),
});
generation.end({
  output: { role: "assistant", content: "Es ist zehn Uhr." },
  usageDetails: { input: 128, output: 42, cache_read_input_tokens: 64, total: 234 },
  costDetails: { input: 0.001, output: 0.002, total: 0.003 },
});

trace.score({ id: `${traceId}-score`, name: "helpfulness", value: 0.9, comment: "kurz und richtig" });
trace.update({ output: { answer: "Es ist zehn Uhr." } });

await langfuse.shutdownAsync();
if (rejected.length > 0) {
  console.error(rejected.join("\n"));
  process.exit(1);
}

console.log(JSON.stringify({ traceId, observations: 3, scores: 1 }));
