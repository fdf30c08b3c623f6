using Pipeline.Schemas.Errors;

namespace Pipeline.Storage.Failures;

/// <summary>Why a record failed, as it stands in its line.</summary>
internal sealed record FailedLineReason(
    int Position, ErrorClass Class, string Reason, string Detail, int Code, string Table, string Entity, string Column, string ValueClass)
{
    internal static FailedLineReason Of(RecordFailure failure) =>
        new(failure.Position, failure.Class, failure.Reason, failure.Detail, failure.Code, failure.Table, failure.Entity, failure.Column, failure.ValueClass);

    internal RecordFailure ToFailure() => new(Class, Reason, Detail)
    {
        Position = Position,
        Code = Code,
        Table = Table,
        Entity = Entity,
        Column = Column,
        ValueClass = ValueClass,
    };
}
