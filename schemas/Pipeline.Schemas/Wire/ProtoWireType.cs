namespace Pipeline.Schemas.Wire;

/// <summary>Wire types of Protobuf fields (protobuf encoding specification). Groups are not accepted.</summary>
public enum ProtoWireType
{
    /// <summary>Base-128 varint.</summary>
    Varint = 0,

    /// <summary>Eight bytes, little endian.</summary>
    Fixed64 = 1,

    /// <summary>Length-prefixed bytes.</summary>
    Bytes = 2,

    /// <summary>Four bytes, little endian.</summary>
    Fixed32 = 5,
}
