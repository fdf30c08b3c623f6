// Sends traces with the classic Langfuse SDK and with the plain OpenTelemetry exporter for about ten seconds, so that something can be killed
// in the middle. Writes what was acknowledged to the file named by the first argument.
import { writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { Langfuse } from "langfuse";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { context, trace } from "@opentelemetry/api";

const seconds = 10;
const expected = {};
const problems = [];

const langfuse = new Langfuse({ baseUrl: process.env.LANGFUSE_BASE_URL, flushAt: 20, flushInterval: 500 });
langfuse.on("error", (error) => problems.push(String(error)));
const credentials = Buffer.from(`${process.env.LANGFUSE_PUBLIC_KEY}:${process.env.LANGFUSE_SECRET_KEY}`).toString("base64");
const exporter = new OTLPTraceExporter({
  url: `${process.env.LANGFUSE_BASE_URL}/api/public/otel/v1/traces`,
  headers: { Authorization: `Basic ${credentials}` },
});
const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 500 })] });
const tracer = provider.getTracer("demo");

function sendClassic(number) {
  const id = `demo-${randomUUID()}`;
  const root = langfuse.trace({ id, name: `answer ${number}`, userId: `user-${number % 5}`, tags: ["demo"], input: { question: number } });
  const span = root.span({ id: `${id}-span`, name: "retrieve", input: number });
  span.end({ output: "found" });
  root.generation({ id: `${id}-generation`, name: "answer", model: "gpt-4o", usageDetails: { input: number, output: 7 } }).end({ output: "42" });
  root.score({ id: `${id}-score`, name: "helpfulness", value: 1 });
  expected[id] = { observations: 2, scores: 1 };
}

function sendOtlp(number) {
  const root = tracer.startSpan(`request ${number}`, { attributes: { "user.id": `user-${number % 5}` } });
  tracer.startSpan("chat", { attributes: { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o" } }, trace.setSpan(context.active(), root)).end();
  root.end();
  expected[root.spanContext().traceId] = { observations: 2, scores: 0 };
}

const end = Date.now() + seconds * 1000;
for (let number = 0; Date.now() < end; number++) {
  sendClassic(number);
  sendOtlp(number);
  await new Promise((resolve) => setTimeout(resolve, 20));
}

await langfuse.shutdownAsync();
await provider.shutdown();
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}

writeFileSync(process.argv[2], JSON.stringify(expected));
console.log(`${Object.keys(expected).length} traces sent and acknowledged`);
