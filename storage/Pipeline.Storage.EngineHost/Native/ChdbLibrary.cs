using System.Runtime.InteropServices;

namespace Pipeline.Storage.EngineHost.Native;

/// <summary>The C functions of libchdb, bound from the file the options name.</summary>
internal sealed unsafe class ChdbLibrary
{
    private readonly delegate* unmanaged<int, byte**, nint*> _connect;
    private readonly delegate* unmanaged<nint*, void> _close;
    private readonly delegate* unmanaged<nint, byte*, nuint, byte*, nuint, nint> _query;
    private readonly delegate* unmanaged<nint, void> _destroyResult;
    private readonly delegate* unmanaged<nint, byte*> _buffer;
    private readonly delegate* unmanaged<nint, nuint> _length;
    private readonly delegate* unmanaged<nint, byte*> _error;
    private readonly delegate* unmanaged<nint, ulong> _rowsRead;
    private readonly delegate* unmanaged<nint, ulong> _bytesRead;
    private readonly delegate* unmanaged<nint, ulong> _rowsWritten;
    private readonly delegate* unmanaged<nint, ulong> _bytesWritten;
    private readonly delegate* unmanaged<nint, double> _elapsed;

    internal ChdbLibrary(string path)
    {
        if (!File.Exists(path))
        {
            throw new EngineStartException($"the engine library {path} does not exist; `make install-local` installs it");
        }

        nint library;
        try
        {
            library = NativeLibrary.Load(path);
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException)
        {
            throw new EngineStartException($"the engine library {path} cannot be loaded: {failure.Message}", failure);
        }

        // The engine would otherwise take SIGSEGV, which the runtime needs for null references, and SIGTERM, which the host needs to stop.
        var keepSignals = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "chdb_set_signal_handlers_enabled");
        keepSignals(0);

        _connect = (delegate* unmanaged<int, byte**, nint*>)NativeLibrary.GetExport(library, "chdb_connect");
        _close = (delegate* unmanaged<nint*, void>)NativeLibrary.GetExport(library, "chdb_close_conn");
        _query = (delegate* unmanaged<nint, byte*, nuint, byte*, nuint, nint>)NativeLibrary.GetExport(library, "chdb_query_n");
        _destroyResult = (delegate* unmanaged<nint, void>)NativeLibrary.GetExport(library, "chdb_destroy_query_result");
        _buffer = (delegate* unmanaged<nint, byte*>)NativeLibrary.GetExport(library, "chdb_result_buffer");
        _length = (delegate* unmanaged<nint, nuint>)NativeLibrary.GetExport(library, "chdb_result_length");
        _error = (delegate* unmanaged<nint, byte*>)NativeLibrary.GetExport(library, "chdb_result_error");
        _rowsRead = (delegate* unmanaged<nint, ulong>)NativeLibrary.GetExport(library, "chdb_result_rows_read");
        _bytesRead = (delegate* unmanaged<nint, ulong>)NativeLibrary.GetExport(library, "chdb_result_bytes_read");
        _rowsWritten = (delegate* unmanaged<nint, ulong>)NativeLibrary.GetExport(library, "chdb_result_rows_written");
        _bytesWritten = (delegate* unmanaged<nint, ulong>)NativeLibrary.GetExport(library, "chdb_result_bytes_written");
        _elapsed = (delegate* unmanaged<nint, double>)NativeLibrary.GetExport(library, "chdb_result_elapsed");
    }

    /// <summary>Opens a connection; those with the same path share one engine.</summary>
    /// <returns>The address of the handle, or 0 when the engine refused.</returns>
    internal nint Connect(IReadOnlyList<string> arguments)
    {
        var pointers = new nint[arguments.Count];
        try
        {
            for (var i = 0; i < arguments.Count; i++)
            {
                pointers[i] = Marshal.StringToCoTaskMemUTF8(arguments[i]);
            }

            fixed (nint* first = pointers)
            {
                return (nint)_connect(arguments.Count, (byte**)first);
            }
        }
        finally
        {
            foreach (var pointer in pointers)
            {
                Marshal.FreeCoTaskMem(pointer);
            }
        }
    }

    internal void Close(nint connection) => _close((nint*)connection);

    /// <summary>Runs one statement on the calling thread.</summary>
    internal EngineResult Query(nint connection, ReadOnlySpan<byte> query, ReadOnlySpan<byte> format)
    {
        nint result;
        fixed (byte* queryBytes = query)
        fixed (byte* formatBytes = format)
        {
            result = _query(*(nint*)connection, queryBytes, (nuint)query.Length, formatBytes, (nuint)format.Length);
        }

        try
        {
            // The counters of a failed result are not initialised: read them only when there is no error.
            var error = _error(result);
            if (error is not null)
            {
                return new EngineResult { Error = Marshal.PtrToStringUTF8((nint)error) };
            }

            var buffer = _buffer(result);
            return new EngineResult
            {
                Body = buffer is null ? [] : new ReadOnlySpan<byte>(buffer, checked((int)_length(result))).ToArray(),
                ReadRows = _rowsRead(result),
                ReadBytes = _bytesRead(result),
                WrittenRows = _rowsWritten(result),
                WrittenBytes = _bytesWritten(result),
                Elapsed = TimeSpan.FromSeconds(_elapsed(result)),
            };
        }
        finally
        {
            _destroyResult(result);
        }
    }
}
