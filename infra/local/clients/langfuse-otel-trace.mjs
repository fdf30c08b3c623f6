// Sends one trace with nested observations, a generation with usage and a score through the current SDK (`@langfuse/otel` over OTLP,
// scores over REST). Prints what it set as JSON.
import { NodeSDK } from "@opentelemetry/sdk-node";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { LangfuseClient } from "@langfuse/client";
import { startObservation, propagateAttributes } from "@langfuse/tracing";

const sdk = new NodeSDK({ spanProcessors: [new LangfuseSpanProcessor({ environment: "staging", release: "2026.11" })] });
sdk.start();

let traceId;
await propagateAttributes(
  { traceName: "chat-request", userId: "user-8", sessionId: "session-4", tags: ["demo", "otel"], metadata: { tenant: "acme" } },
  async () => {
    const root = startObservation("handle-request", { input: { question: "What is the time?" } });
    traceId = root.traceId;
    const tool = root.startObservation("clock", { input: { zone: "UTC" } }, { asType: "tool" });
    tool.update({ output: { time: "10:00" } }).end();
    const generation = root.startObservation(
      "answer",
      {
        model: "gpt-4o",
        modelParameters: { temperature: 0.2 },
        input: [{ role: "user", content: "What is the time?" }],
      },
      { asType: "generation" },
    );
    generation.update({ output: "It is ten.", usageDetails: { input: 128, output: 42 }, costDetails: { input: 0.001, output: 0.002 } }).end();
    root.update({ output: { answer: "It is ten." } }).end();
  },
);

await sdk.shutdown();
const client = new LangfuseClient();
client.score.create({ id: `${traceId}-score`, traceId, name: "helpfulness", value: 0.8, comment: "right" });
await client.shutdown();
console.log(JSON.stringify({ traceId, observations: 3, scores: 1 }));
