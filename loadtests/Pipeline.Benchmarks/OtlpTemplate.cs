using System.Buffers.Binary;

namespace Pipeline.Benchmarks;

/// <summary>One OTLP body that is stamped anew for each request, so that no two requests have a trace or span in common.</summary>
/// <remarks>Every id of <see cref="Bodies.Otlp"/> begins with the body's seed: stamping replaces it wherever it stands.</remarks>
internal sealed class OtlpTemplate
{
    // Not a length, tag or text of the body: its bytes occur in ids alone.
    private const int Mark = unchecked((int)0xF7E6D5C4);

    private readonly byte[] _body = Bodies.Otlp(Mark - 1);
    private readonly List<int> _places = [];

    internal OtlpTemplate()
    {
        for (var i = 0; i <= _body.Length - sizeof(int); i++)
        {
            if (BinaryPrimitives.ReadInt32BigEndian(_body.AsSpan(i)) == Mark)
            {
                _places.Add(i);
            }
        }
    }

    /// <summary>A body of its own.</summary>
    internal byte[] Stamp(int number)
    {
        var body = _body.ToArray();
        _places.ForEach(place => BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(place), number));
        return body;
    }
}
