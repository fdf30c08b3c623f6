namespace Pipeline.Testing.ObjectStores;

/// <summary>A kind of call.</summary>
public enum ObjectOperation
{
    Put,
    Get,
    List,
    Delete,
}
