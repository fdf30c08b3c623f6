// Sends one trace through the plain OpenTelemetry exporter (OTLP/HTTP protobuf), as a service without any Langfuse library would.
// Prints what it set as JSON.
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { context, trace } from "@opentelemetry/api";

const credentials = Buffer.from(`${process.env.LANGFUSE_PUBLIC_KEY}:${process.env.LANGFUSE_SECRET_KEY}`).toString("base64");
const exporter = new OTLPTraceExporter({
  url: `${process.env.LANGFUSE_BASE_URL}/api/public/otel/v1/traces`,
  headers: { Authorization: `Basic ${credentials}` },
});
const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ "service.name": "demo-service", "deployment.environment.name": "staging" }),
  spanProcessors: [new BatchSpanProcessor(exporter)],
});
const tracer = provider.getTracer("demo");

const root = tracer.startSpan("checkout", { attributes: { "user.id": "user-9", "session.id": "session-5" } });
const child = tracer.startSpan(
  "chat gpt-4o",
  {
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.usage.input_tokens": 128,
      "gen_ai.usage.output_tokens": 42,
      "gen_ai.prompt.0.role": "user",
      "gen_ai.prompt.0.content": "Hello",
      "gen_ai.completion.0.role": "assistant",
      "gen_ai.completion.0.content": "Hi",
    },
  },
  trace.setSpan(context.active(), root),
);
child.end();
root.end();
await provider.shutdown();
console.log(JSON.stringify({ traceId: root.spanContext().traceId, observations: 2, scores: 0 }));
