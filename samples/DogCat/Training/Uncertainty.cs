using DogCat.Data;
using static System.FormattableString;

namespace DogCat.Training;

/// <summary>How uncertain the test pictures are by their soft labels p, and how far a model's probabilities q are from them; means in nats.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Pictures">How many pictures have a soft label.</param>
/// <param name="WithoutVote">How many were voted on, but by nobody for cat or dog; they are left out.</param>
/// <param name="Floored">Of how many the model's probability of what people say is 0; a floor stands in for it in <paramref name="Divergence"/>.</param>
/// <param name="LabelEntropy">H(p), which no model can go below.</param>
/// <param name="Divergence">KL(p || q), the model's own share of its loss.</param>
/// <param name="ModelEntropy">H(q), the uncertainty that the model admits to.</param>
public sealed record Uncertainty(string Model, int Pictures, int WithoutVote, int Floored, double LabelEntropy, double Divergence, double ModelEntropy)
{
    /// <summary>H(p, q) = H(p) + KL(p || q): the model's log-loss where labels are drawn from p.</summary>
    public double CrossEntropy => LabelEntropy + Divergence;

    /// <summary>Sentences about the pictures left out, and about those where a model needed a floor; empty where there is none.</summary>
    public static string Exceptions(IReadOnlyList<Uncertainty> models) =>
        (models[0].WithoutVote == 0 ? "" : Invariant($" Left out: {models[0].WithoutVote:N0} that nobody took for a cat or a dog."))
        + string.Concat(models.Where(m => m.Floored > 0).Select(m => Invariant($" On {m.Floored:N0} of them {m.Model} gives no chance at all to what may be so: instead of infinity that costs what a probability of 1e-15 does.")));

    /// <summary>One for each model; none where no picture has a soft label.</summary>
    public static Uncertainty[] Of(IReadOnlyList<Result> results, PictureSet test) =>
        [.. results.Select(r => Of(r.Name, JudgedPicture.All(test, r.ProbabilityOfDog))).OfType<Uncertainty>()];

    /// <summary>That of one model; null where no picture has a soft label.</summary>
    public static Uncertainty? Of(string model, IReadOnlyList<JudgedPicture> all)
    {
        JudgedPicture[] soft = [.. all.Where(p => p.Picture.SoftLabel is not null)];
        return soft.Length == 0 ? null : new Uncertainty(
            model, soft.Length, all.Count(p => p.Picture is { SoftLabel: null, Votes: not null }), soft.Count(p => p.IsFloored),
            soft.Average(p => p.LabelEntropy), soft.Average(p => p.Divergence), soft.Average(p => p.ModelEntropy));
    }
}
