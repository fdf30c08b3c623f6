using System.Text.Json;
using Pipeline.Schemas.Wire;

namespace Pipeline.Gateway.Endpoints;

/// <summary>Counts the data points of an OTLP metrics request, to say how many are not kept.</summary>
internal static class DataPointCount
{
    private const int ScopeMetricsField = 2;
    private const int DataPointsField = 1;

    // No depth of a token: the root object is at depth 0.
    private const int Outside = int.MinValue;

    /// <summary>Counts in Protobuf; null when the bytes are damaged.</summary>
    internal static long? OfProtobuf(ReadOnlySpan<byte> request)
    {
        long count = 0;
        return TryCount(request, 0, ref count) ? count : null;
    }

    /// <summary>Counts in JSON; null when it is not JSON.</summary>
    internal static long? OfJson(ReadOnlySpan<byte> request)
    {
        var reader = new Utf8JsonReader(request);
        long count = 0;
        var arrayDepth = Outside;
        try
        {
            while (reader.Read())
            {
                // Compared as written: ValueTextEquals throws on an escaped lone surrogate.
                if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueSpan.SequenceEqual("dataPoints"u8))
                {
                    arrayDepth = reader.Read() && reader.TokenType == JsonTokenType.StartArray ? reader.CurrentDepth : Outside;
                }
                else if (reader.TokenType == JsonTokenType.StartObject && reader.CurrentDepth == arrayDepth + 1)
                {
                    count++;
                }
                else if (reader.TokenType == JsonTokenType.EndArray && reader.CurrentDepth == arrayDepth)
                {
                    arrayDepth = Outside;
                }
            }

            return count;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // The path is resource_metrics 1, scope_metrics 2, metrics 2, one of gauge 5, sum 7, histogram 9, 10 and summary 11, data_points 1.
    private static bool TryCount(ReadOnlySpan<byte> message, int depth, ref long count)
    {
        var reader = new ProtoReader(message);
        while (reader.TryReadField())
        {
            var isOnPath = depth switch
            {
                0 => reader.FieldNumber == 1,
                1 => reader.FieldNumber == ScopeMetricsField,
                2 => reader.FieldNumber == 2,
                3 => reader.FieldNumber is 5 or 7 or 9 or 10 or 11,
                _ => reader.FieldNumber == DataPointsField,
            };
            if (!isOnPath || reader.WireType != ProtoWireType.Bytes)
            {
                continue;
            }

            if (depth == 4)
            {
                count++;
            }
            else if (!TryCount(reader.Value, depth + 1, ref count))
            {
                return false;
            }
        }

        return !reader.IsDamaged;
    }
}
