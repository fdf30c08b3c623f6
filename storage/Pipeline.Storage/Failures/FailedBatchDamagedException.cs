namespace Pipeline.Storage.Failures;

/// <summary>A stored failed batch is not what was written: nothing of it may be used.</summary>
public sealed class FailedBatchDamagedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public FailedBatchDamagedException()
    {
    }

    /// <summary>Creates the exception with what is wrong.</summary>
    public FailedBatchDamagedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public FailedBatchDamagedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal FailedBatchDamagedException(string key, FailedBatchDefect defect, string detail, Exception? cause = null)
        : base($"{key}: {detail}", cause)
    {
        Damage = new FailedBatchDamage(defect, Message);
    }

    internal FailedBatchDamagedException(FailedBatchDamage damage)
        : base(damage.Detail) => Damage = damage;

    /// <summary>What is wrong, and where.</summary>
    public FailedBatchDamage Damage { get; } = new(FailedBatchDefect.ManifestDamaged, "");
}
