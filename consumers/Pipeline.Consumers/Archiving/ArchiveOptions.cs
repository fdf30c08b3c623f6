using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Pipeline.Schemas;

namespace Pipeline.Consumers.Archiving;

/// <summary>What an operator sets for the archive; section <c>Archive</c>.</summary>
/// <remarks>
/// Memory of records is at most <c>MaxBufferedBytes + 2 x (MaxBytes + 4 MiB)</c>: fetched ahead, one cut filling, one on its way; and the
/// latter once more while it is packed. A single record above a limit is still taken, alone.
/// </remarks>
public sealed class ArchiveOptions
{
    /// <summary>Consumer group.</summary>
    [Required]
    public string Group { get; set; } = TopicNames.ArchiveGroup;

    /// <summary>Name of this member; empty takes the machine's name and the process id. A stable name is static membership.</summary>
    public string MemberId { get; set; } = "";

    /// <summary>Records over all partitions at which a cut is made: one object for each partition in it.</summary>
    [Range(1, 1_000_000)]
    public int MaxRecords { get; set; } = 5_000;

    /// <summary>Bytes of records at which a cut is made.</summary>
    /// <value>32 MiB: objects that a request downloads in a second.</value>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public long MaxBytes { get; set; } = 32L * 1024 * 1024;

    /// <summary>Age at which a cut is made.</summary>
    /// <value>60 s: nobody waits for the archive, and an object a minute and partition is little to list.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes fetched ahead of the cut.</summary>
    /// <value>32 MiB: one cut.</value>
    [Range(1024 * 1024, 16L * 1024 * 1024 * 1024)]
    public long MaxBufferedBytes { get; set; } = 32L * 1024 * 1024;

    /// <summary>First pause after the object store did not take a cut; it doubles up to <see cref="RetryMaxPause"/>, with jitter.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RetryMinPause { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest pause between attempts.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan RetryMaxPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a partition with unread records may stand still while no other system is waited for; beyond it liveness fails.</summary>
    /// <value>5 minutes; at least twice <see cref="FlushInterval"/>.</value>
    [Range(typeof(TimeSpan), "00:00:10", "06:00:00")]
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often the lag is looked up.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan LagInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a cut in hand may take to be stored and committed when the host stops; beyond it, it is left for the next reader.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Loopback port of /metrics, /health/live and /health/ready.</summary>
    /// <value>0: any free one; the log says which.</value>
    [Range(0, 65_535)]
    public int HealthPort { get; set; }

    /// <summary>Reads a section; a key that does not exist is an error that names it.</summary>
    /// <exception cref="OptionsValidationException">A value is out of range or of the wrong form, or a key is unknown.</exception>
    public static ArchiveOptions From(IConfiguration section)
    {
        var options = new ArchiveOptions();
        try
        {
            section.Bind(options, static binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException invalid)
        {
            throw new OptionsValidationException("Archive", typeof(ArchiveOptions), [$"Archive: {invalid.Message}"]);
        }

        options.ThrowIfInvalid();
        return options;
    }

    internal void ThrowIfInvalid()
    {
        var result = new ArchiveOptionsValidator().Validate("Archive", this);
        var failures = result.Failed ? result.Failures.ToList() : [];
        if (RetryMinPause > RetryMaxPause)
        {
            failures.Add($"Archive.RetryMinPause: {RetryMinPause} must not be longer than RetryMaxPause ({RetryMaxPause})");
        }

        if (StuckAfter < 2 * FlushInterval)
        {
            failures.Add($"Archive.StuckAfter: {StuckAfter} must be at least twice FlushInterval ({FlushInterval})");
        }

        if (failures.Count > 0)
        {
            throw new OptionsValidationException("Archive", typeof(ArchiveOptions), failures);
        }
    }

    /// <summary>The settings of the reading loop, which is the writer's.</summary>
    internal WriterOptions ToLoop()
    {
        // How long one read waits; when a cut is due, the archive decides itself.
        var wait = TimeSpan.FromSeconds(1) < FlushInterval ? TimeSpan.FromSeconds(1) : FlushInterval;
        return new WriterOptions
        {
            Group = Group,
            MemberId = MemberId,
            MaxBufferedBytes = MaxBufferedBytes,
            FlushInterval = wait,
            IdleFlushInterval = wait,
            RetryMinPause = RetryMinPause,
            RetryMaxPause = RetryMaxPause,
            StuckAfter = StuckAfter,
            LagInterval = LagInterval,
            DrainTimeout = DrainTimeout,
            HealthPort = HealthPort,
        };
    }
}
