using System.Globalization;

namespace Pipeline.Buffer.Kafka;

/// <summary>Checks the options that are ours; each problem names its setting, its value and its limit.</summary>
internal static class KafkaOptionsRule
{
    // librdkafka's own limits of message.max.bytes.
    private const int LeastMessageBytes = 1_000;
    private const int MostMessageBytes = 1_000_000_000;

    internal static void Check(KafkaBufferOptions options, List<string> problems)
    {
        if (string.IsNullOrWhiteSpace(options.Topic))
        {
            problems.Add("Kafka:Topic is empty");
        }

        Within(problems, nameof(options.DeliveryTimeout), options.DeliveryTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(30));
        Within(problems, nameof(options.Linger), options.Linger, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Within(problems, nameof(options.SessionTimeout), options.SessionTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(30));
        if (options.Linger >= options.DeliveryTimeout)
        {
            problems.Add(Text($"Kafka:Linger is {options.Linger}, it must be below Kafka:DeliveryTimeout, {options.DeliveryTimeout}"));
        }

        if (options.MaxMessageBytes is < LeastMessageBytes or > MostMessageBytes)
        {
            problems.Add(Text($"Kafka:MaxMessageBytes is {options.MaxMessageBytes}, it must be {LeastMessageBytes} to {MostMessageBytes}"));
        }

        if (options.MaxQueuedBytes < options.MaxMessageBytes)
        {
            problems.Add(Text($"Kafka:MaxQueuedBytes is {options.MaxQueuedBytes}, it must hold one record, Kafka:MaxMessageBytes, {options.MaxMessageBytes}"));
        }
    }

    private static void Within(List<string> problems, string name, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
        {
            problems.Add(Text($"Kafka:{name} is {value}, it must be {least} to {most}"));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
