using Pipeline.Storage.Batches;

namespace Pipeline.Storage.Comparing;

/// <summary>Says what a batch of states would change in the store, without changing it.</summary>
/// <remarks>
/// An answer about the moment it was asked: live traffic goes on, and what it inserts meanwhile is seen or not. Thread-safe. A store that is
/// away is an exception with the backend's name, never a verdict.
/// </remarks>
public interface IStateComparison
{
    /// <summary>Compares the states of a batch; its rejected events, accounts and receipts are not looked at.</summary>
    /// <param name="candidates">States; 50,000 at a time is a good size. Several states of one identity count as their merge.</param>
    /// <param name="cancellationToken">Ends the comparison; what it put aside is removed all the same.</param>
    /// <returns>One verdict per identity.</returns>
    ValueTask<StateComparison> CompareAsync(StateBatch candidates, CancellationToken cancellationToken);
}
