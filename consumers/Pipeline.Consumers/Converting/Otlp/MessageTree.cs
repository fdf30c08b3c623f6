using System.Buffers.Text;
using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Rebuilds messages that were flattened into dotted keys, such as <c>gen_ai.prompt.0.content</c>, into nested JSON.</summary>
/// <remarks>
/// Bounded: a key that is too deep, has an index over the limit, or a segment that means something to JavaScript objects is not rebuilt and
/// stays a flat attribute in the metadata. Missing indexes leave no holes. Not thread-safe; used again for every span.
/// </remarks>
internal sealed class MessageTree(ConversionContext context)
{
    private const int MaxDepth = 64;
    private const int MaxIndex = 10_000;
    private const int None = -1;

    // Up to here a scan over the siblings beats a dictionary; above it a scan would make a crafted span quadratic.
    private const int ScanUpTo = 32;

    private readonly List<Node> _nodes = [];
    private readonly Dictionary<(int Parent, Utf8Text Segment), int> _wide = [];

    internal InputOutput Read(OtlpSpan span)
    {
        var content = Read(span, AttributeFamily.GenAiPrompt, AttributeFamily.GenAiCompletion);
        return content.IsEmpty ? Read(span, AttributeFamily.InputMessages, AttributeFamily.OutputMessages) : content;
    }

    private InputOutput Read(OtlpSpan span, AttributeFamily input, AttributeFamily output) =>
        (span.Attributes.Families & (input | output)) == AttributeFamily.None
            ? default
            : new InputOutput(Rebuild(span.Attributes, input), Rebuild(span.Attributes, output));

    private Utf8Text Rebuild(SpanAttributes attributes, AttributeFamily family)
    {
        if ((attributes.Families & family) == AttributeFamily.None)
        {
            return default;
        }

        _nodes.Clear();
        _wide.Clear();
        _nodes.Add(Node.Empty);
        var all = attributes.All;
        for (var i = 0; i < all.Length; i++)
        {
            if (all[i].Family == family)
            {
                all[i].IsContent = TryAdd(all[i].Suffix, i);
            }
        }

        if (_nodes[0].FirstChild == None)
        {
            return default;
        }

        foreach (var node in _nodes)
        {
            if (node.Attribute != None && node.FirstChild != None)
            {
                all[node.Attribute].IsContent = false;
            }
        }

        var json = context.Json;
        json.Clear();
        Write(json, all, 0);
        return json.CopyTo(context.Arena);
    }

    private bool TryAdd(in Utf8Text path, int attribute)
    {
        if (!IsAllowed(path.Span))
        {
            return false;
        }

        var node = 0;
        var rest = path.Bytes;
        while (true)
        {
            var dot = rest.Span.IndexOf((byte)'.');
            node = ChildOf(node, dot < 0 ? rest : rest[..dot]);
            if (dot < 0)
            {
                break;
            }

            rest = rest[(dot + 1)..];
        }

        // A key that is a value and a parent at once keeps only its children; its value stays in the metadata.
        _nodes[node] = _nodes[node] with { Attribute = attribute };
        return true;
    }

    private static bool IsAllowed(ReadOnlySpan<byte> path)
    {
        var depth = 0;
        foreach (var range in path.Split((byte)'.'))
        {
            var segment = path[range];
            depth++;
            if (depth > MaxDepth || segment.SequenceEqual("__proto__"u8) || segment.SequenceEqual("constructor"u8)
                || segment.SequenceEqual("prototype"u8) || (IsDigits(segment) && !TryIndex(segment, out _)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDigits(ReadOnlySpan<byte> segment) =>
        !segment.IsEmpty && !segment.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    private static bool TryIndex(ReadOnlySpan<byte> segment, out int index) =>
        Utf8Parser.TryParse(segment, out index, out var consumed) && consumed == segment.Length && index is >= 0 and <= MaxIndex;

    private int ChildOf(int parent, ReadOnlyMemory<byte> segment)
    {
        var node = _nodes[parent];

        // Keys come in order, so that the child is mostly the one that was added last.
        if (node.LastChild != None && _nodes[node.LastChild].Segment.Span.SequenceEqual(segment.Span))
        {
            return node.LastChild;
        }

        if (node.ChildCount > ScanUpTo)
        {
            if (_wide.TryGetValue((parent, new Utf8Text(segment)), out var found))
            {
                return found;
            }
        }
        else
        {
            for (var child = node.FirstChild; child != None; child = _nodes[child].NextSibling)
            {
                if (_nodes[child].Segment.Span.SequenceEqual(segment.Span))
                {
                    return child;
                }
            }
        }

        return Add(parent, segment);
    }

    private int Add(int parent, ReadOnlyMemory<byte> segment)
    {
        var node = _nodes[parent];
        var added = _nodes.Count;
        _nodes.Add(Node.Empty with { Segment = segment });
        if (node.LastChild != None)
        {
            _nodes[node.LastChild] = _nodes[node.LastChild] with { NextSibling = added };
        }

        var first = node.FirstChild == None ? added : node.FirstChild;
        node = node with { FirstChild = first, LastChild = added, ChildCount = node.ChildCount + 1 };
        _nodes[parent] = node;
        if (node.ChildCount == ScanUpTo + 1)
        {
            for (var child = node.FirstChild; child != None; child = _nodes[child].NextSibling)
            {
                _wide.Add((parent, new Utf8Text(_nodes[child].Segment)), child);
            }
        }
        else if (node.ChildCount > ScanUpTo)
        {
            _wide.Add((parent, new Utf8Text(segment)), added);
        }

        return added;
    }

    private void Write(JsonBuffer json, ReadOnlySpan<SpanAttribute> all, int node)
    {
        var first = _nodes[node].FirstChild;
        if (first == None)
        {
            OtlpJson.Write(json, all[_nodes[node].Attribute].Value);
            return;
        }

        if (AreIndexesInOrder(first))
        {
            json.Raw((byte)'[');
            for (var child = first; child != None; child = _nodes[child].NextSibling)
            {
                json.Separate();
                Write(json, all, child);
            }

            json.Raw((byte)']');
            return;
        }

        if (TrySortIndexes(first, out var indexes))
        {
            json.Raw((byte)'[');
            foreach (var (_, child) in indexes)
            {
                json.Separate();
                Write(json, all, child);
            }

            json.Raw((byte)']');
            return;
        }

        json.Raw((byte)'{');
        for (var child = first; child != None; child = _nodes[child].NextSibling)
        {
            json.Name(_nodes[child].Segment.Span);
            Write(json, all, child);
        }

        json.Raw((byte)'}');
    }

    // The usual case, which then needs no sorting.
    private bool AreIndexesInOrder(int first)
    {
        var last = None;
        for (var child = first; child != None; child = _nodes[child].NextSibling)
        {
            if (!TryIndex(_nodes[child].Segment.Span, out var index) || index <= last)
            {
                return false;
            }

            last = index;
        }

        return true;
    }

    private bool TrySortIndexes(int first, out SortedList<int, int> indexes)
    {
        indexes = [];
        for (var child = first; child != None; child = _nodes[child].NextSibling)
        {
            if (!TryIndex(_nodes[child].Segment.Span, out var index) || !indexes.TryAdd(index, child))
            {
                return false;
            }
        }

        return true;
    }

    private readonly record struct Node(
        ReadOnlyMemory<byte> Segment, int FirstChild, int LastChild, int ChildCount, int NextSibling, int Attribute)
    {
        internal static Node Empty => new(default, None, None, 0, None, None);
    }
}
