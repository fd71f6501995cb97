namespace DogCat.Data;

/// <summary>Where a model and the soft labels are at odds.</summary>
/// <param name="Pictures">How many pictures have a soft label.</param>
/// <param name="OtherSide">On how many of them the model is on the other side of 1/2.</param>
/// <param name="Furthest">The pictures of the largest KL(p || q), that first.</param>
public sealed record Disagreement(int Pictures, int OtherSide, IReadOnlyList<JudgedPicture> Furthest)
{
    private const int Shown = 12;

    /// <summary>Whether the soft labels are people's votes, rather than drawn pictures' known probabilities.</summary>
    public bool IsVoted => Furthest.Any(j => j.Picture.Votes is not null);

    /// <summary>Who says otherwise.</summary>
    public string Who => IsVoted ? "people" : "the known probabilities";

    /// <summary>That of one model; null where no picture has a soft label.</summary>
    public static Disagreement? Of(IReadOnlyList<JudgedPicture> judged)
    {
        JudgedPicture[] soft = [.. judged.Where(j => j.Picture.SoftLabel is not null)];
        return soft.Length == 0 ? null : new Disagreement(
            soft.Length,
            soft.Count(j => j.Picture.SoftLabel != 0.5 && j.Picture.SoftLabel > 0.5 != j.ProbabilityOfDog > 0.5),
            [.. soft.OrderByDescending(j => j.Divergence).Take(Shown)]);
    }

    /// <summary>"On 310 of 1,999 pictures model is on the other side of 1/2 than people."</summary>
    public string InWords(string model) => FormattableString.Invariant($"On {OtherSide:N0} of {Pictures:N0} pictures {model} is on the other side of 1/2 than {Who}.");
}
