namespace Pipeline.Storage.ObjectStores;

/// <summary>What became of a put.</summary>
public enum PutOutcome
{
    /// <summary>The object is there now.</summary>
    Created,

    /// <summary>An object of that key was there before and was left as it is.</summary>
    Exists,
}
