namespace Pipeline.Storage.Merging;

/// <summary>A last-writer-wins register: a version and a value that may be an explicit null.</summary>
/// <remarks>
/// Merging two registers keeps the larger by version, then by value, exactly as ClickHouse's <c>max</c> orders
/// <c>Tuple(UInt64, Nullable(T))</c>; it is therefore commutative, associative and idempotent on both sides.
/// </remarks>
/// <typeparam name="T">A value whose order is the column type's order in ClickHouse.</typeparam>
public readonly struct Register<T> : IEquatable<Register<T>>, IComparable<Register<T>>
    where T : struct, IComparable<T>, IEquatable<T>
{
    private Register(ulong version, bool hasValue, T value)
    {
        Version = version;
        HasValue = hasValue;
        Value = value;
    }

    /// <summary>Version as composed by <see cref="FieldVersion"/>; 0 when the field was never set.</summary>
    public ulong Version { get; }

    /// <summary>Whether there is a value; false for absent and for an explicit null.</summary>
    public bool HasValue { get; }

    /// <summary>The value; default when there is none.</summary>
    public T Value { get; }

    /// <summary>Whether the field was never set.</summary>
    public bool IsAbsent => Version == FieldVersion.Absent;

    /// <summary>A set field.</summary>
    public static Register<T> Of(ulong version, T value) => new(version, true, value);

    /// <summary>A field set to null on purpose.</summary>
    public static Register<T> Null(ulong version) => new(version, false, default);

    /// <summary>The larger of two registers.</summary>
    public static Register<T> Max(in Register<T> left, in Register<T> right) => left.CompareTo(right) >= 0 ? left : right;

    /// <summary>Orders by version, then a null before any value, then by value.</summary>
    public int CompareTo(Register<T> other)
    {
        var byVersion = Version.CompareTo(other.Version);
        if (byVersion != 0)
        {
            return byVersion;
        }

        return (HasValue, other.HasValue) switch
        {
            (true, true) => Value.CompareTo(other.Value),
            (false, false) => 0,
            (true, false) => 1,
            (false, true) => -1,
        };
    }

    /// <inheritdoc />
    public bool Equals(Register<T> other) => Version == other.Version && HasValue == other.HasValue && Value.Equals(other.Value);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Register<T> other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Version, HasValue, Value);

    /// <inheritdoc />
    public override string ToString() => IsAbsent ? "absent" : HasValue ? $"{Value}@{Version}" : $"null@{Version}";
}
