namespace Pipeline.Testing.ObjectStores;

/// <summary>One call of an <see cref="InMemoryObjectStore"/>.</summary>
/// <param name="Operation">What is asked.</param>
/// <param name="Key">Of which object; the prefix of a listing.</param>
/// <param name="Attempt">How often this was asked before of the same key, from 0.</param>
public readonly record struct ObjectCall(ObjectOperation Operation, string Key, int Attempt);
