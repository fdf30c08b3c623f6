using Pipeline.Schemas.Wire;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Converts the spans of one record, one by one.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class OtlpConverter
{
    private const int ResourceSpansField = 1;
    private const int ResourceField = 1;
    private const int ScopeSpansField = 2;
    private const int ScopeField = 1;
    private const int SpansField = 2;

    private readonly ConversionContext _context;
    private readonly OtlpResource _resource = new();
    private readonly OtlpScope _scope = new();
    private readonly OtlpSpan _span;
    private readonly SpanReader _reader;
    private readonly SpanMapper _mapper;

    // Made once: a method group would be a new delegate per message.
    private readonly Func<ReadOnlyMemory<byte>, bool> _convertResourceSpans;
    private readonly Func<ReadOnlyMemory<byte>, bool> _convertScopeSpans;
    private readonly Func<ReadOnlyMemory<byte>, bool> _readResource;
    private readonly Func<ReadOnlyMemory<byte>, bool> _readScope;
    private readonly Func<ReadOnlyMemory<byte>, bool> _convertSpan;
    private int _stored;
    private int _failed;

    internal OtlpConverter(ConversionContext context)
    {
        _context = context;
        _span = new OtlpSpan(context, _resource, _scope);
        _reader = new SpanReader(_span);
        _mapper = new SpanMapper(context);
        _convertResourceSpans = ConvertResourceSpans;
        _convertScopeSpans = ConvertScopeSpans;
        _readResource = ReadResource;
        _readScope = ReadScope;
        _convertSpan = ConvertSpan;
    }

    /// <summary>Converts what can be read; the caller compares the counts with what the gateway accepted.</summary>
    internal ConversionCounts Convert()
    {
        _stored = 0;
        _failed = 0;
        var isWhole = TryReadMessages(_context.Payload, ResourceSpansField, _convertResourceSpans);
        if (!isWhole)
        {
            var detail = $"the spans break off behind position {_stored + _failed - 1}";
            _context.Reject(-1, RejectReasons.DamagedPayload, detail);
        }

        return new ConversionCounts(_stored, _failed, !isWhole);
    }

    // A resource or scope may stand behind its spans on the wire, so each level is read twice: the header first. Damage behind the
    // header does not hide the spans before it, hence both are read whatever the first says.
    private bool ConvertResourceSpans(ReadOnlyMemory<byte> message)
    {
        _resource.Clear(_context);
        return TryReadMessages(message, ResourceField, _readResource) & TryReadMessages(message, ScopeSpansField, _convertScopeSpans);
    }

    private bool ConvertScopeSpans(ReadOnlyMemory<byte> message)
    {
        _scope.Clear(_context);
        return TryReadMessages(message, ScopeField, _readScope) & TryReadMessages(message, SpansField, _convertSpan);
    }

    private bool ReadResource(ReadOnlyMemory<byte> message)
    {
        _resource.Read(message);
        return true;
    }

    private bool ReadScope(ReadOnlyMemory<byte> message)
    {
        _scope.Read(message);
        return true;
    }

    private bool ConvertSpan(ReadOnlyMemory<byte> message)
    {
        var position = _stored + _failed;
        _context.Position = position;
        var reason = _reader.Read(message);
        if (reason is null)
        {
            _mapper.Map(_span);
            _stored++;
        }
        else
        {
            _context.Reject(position, reason, "span cannot become an observation");
            _failed++;
        }

        return true;
    }

    private static bool TryReadMessages(ReadOnlyMemory<byte> message, int field, Func<ReadOnlyMemory<byte>, bool> read)
    {
        var isWhole = true;
        var reader = new ProtoReader(message.Span);
        while (reader.TryReadField())
        {
            if (reader.FieldNumber == field && reader.WireType == ProtoWireType.Bytes)
            {
                isWhole &= read(message.Slice(reader.ValueStart, reader.ValueLength));
            }
        }

        return isWhole && !reader.IsDamaged;
    }
}
