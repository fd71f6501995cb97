using MLNet.CrossEntropy.Losses;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Trainers;

/// <summary>The loss of a fit, which may depend on its rows.</summary>
/// <param name="rows">The training rows; to go through them is to read them, where they are not kept in memory.</param>
/// <param name="channel">Where warnings go.</param>
internal delegate LogitLoss LossOfRows(IEnumerable<RowBlock> rows, IChannel channel);
