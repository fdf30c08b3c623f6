namespace Pipeline.Gateway.Routing;

/// <summary>One record ready to append.</summary>
/// <param name="Partition">Target partition.</param>
/// <param name="Key">Record key.</param>
/// <param name="Value">The encoded record; the log owns it once appended.</param>
/// <param name="EventCount">Events or spans in it.</param>
internal readonly record struct RoutedRecord(int Partition, string Key, byte[] Value, int EventCount);
